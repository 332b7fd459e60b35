//! People who each have an address, a device and a name, and who comes next: the same at every run.

use crate::traffic::{House, Mix as Stages, attempt, mixed, record};
use credsieve_engine::Frame;
use credsieve_models::Address;
use credsieve_models::attempt::{Credential, FailureReason, Outcome};
use std::net::{IpAddr, Ipv4Addr};

/// Attempts of a second of event time.
const A_SECOND: u64 = 2_000;
/// Of a person: name, address, two networks, device.
const ENTITIES: u64 = 5;
/// Addresses of an attack.
const BOTS: u64 = 50_000;

/// Who comes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Mix {
    /// Few people come most of the time; a quarter of all are away from home.
    Busy,
    /// All come nearly as often; a quarter of all are away from home.
    Even,
    /// Six in ten are an attack, the others as in `Busy`.
    Attack,
}

/// In the order in which they are measured: the attack comes last, since it fills the state.
pub const MIXES: [Mix; 3] = [Mix::Busy, Mix::Even, Mix::Attack];

impl Mix {
    pub fn name(self) -> &'static str {
        match self {
            Self::Busy => "Zipf 1.0, 25 % unfamiliar",
            Self::Even => "Zipf 0.4, 25 % unfamiliar",
            Self::Attack => "Zipf 1.0, 60 % attack",
        }
    }
}

/// A town and its clock.
pub struct Town {
    pub people: u64,
    success: Frame,
    failure: Frame,
    start_ms: i64,
    count: u64,
}

impl Town {
    /// A town of so many names, addresses, networks and devices together.
    pub fn of_entities(entities: u64) -> Self {
        let house = House::new(64);
        let frame = |mix| house.frame(&attempt(&record(mix, 0, 1)));
        let mut success = frame(Stages::Familiar);
        (success.outcome, success.failure_reason) = (Some(Outcome::Success), None);
        success.credential = Credential::Valid;
        let mut failure = frame(Stages::Attack);
        failure.failure_reason = Some(FailureReason::BadPassword);
        Self {
            people: (entities / ENTITIES).max(1),
            start_ms: success.time_ms,
            success,
            failure,
            count: 0,
        }
    }

    /// The budget in which its fullest table, that of devices, is filled to six tenths
    /// (`docs/sizing.md`): 823 devices a MiB, beside the repeats.
    pub fn memory_mib(&self) -> u32 {
        u32::try_from(40 + self.people * 10 / 6 / 823).expect("a budget")
    }

    /// A person logs in at home.
    pub fn arrives(&mut self, person: u64) -> Frame {
        let frame = self.success;
        self.stamped(frame, person, person, person)
    }

    /// Somebody who was never seen fails, and never comes again.
    pub fn stranger(&mut self, n: u64) -> Frame {
        let (frame, new) = (self.failure, n | 1 << 40);
        self.stamped(frame, new, n, new)
    }

    /// The next attempt of a mix.
    pub fn next(&mut self, mix: Mix) -> Frame {
        let chance = mixed(self.count ^ 0x0dd5);
        let person = self.somebody(mix, chance);
        let of_ten_thousand = chance % 10_000;
        if mix == Mix::Attack && of_ten_thousand < 6_000 {
            let (frame, bot) = (self.failure, (mixed(chance) % BOTS) | 1 << 41);
            return self.stamped(frame, person, bot, bot);
        }
        if of_ten_thousand >= 7_500 {
            // Not at home: at somebody else's address, on a device of their own that is new.
            let (frame, other) = (self.success, mixed(chance) % self.people);
            return self.stamped(frame, person, other, person | 1 << 42);
        }
        self.arrives(person)
    }

    /// A person by rank, from the distribution function of Zipf's law, taken as a smooth one.
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a rank, from a share between 0 and 1"
    )]
    fn somebody(&self, mix: Mix, chance: u64) -> u64 {
        let share = (mixed(chance) >> 11) as f64 / (1_u64 << 53) as f64;
        let people = self.people as f64;
        let rank = match mix {
            Mix::Even => people * share.powf(1.0 / (1.0 - 0.4)),
            Mix::Busy | Mix::Attack => people.powf(share) - 1.0,
        };
        (rank as u64).min(self.people - 1)
    }

    /// An attempt at the next moment. Names and devices become keys as a hash would make them.
    fn stamped(&mut self, mut frame: Frame, user: u64, address: u64, device: u64) -> Frame {
        let n = self.count;
        self.count += 1;
        frame.event = u128::from(mixed(n ^ 0xe7e7)) << 64 | u128::from(mixed(n));
        frame.time_ms = self.start_ms + (n * 1_000 / A_SECOND).cast_signed();
        frame.user = Some(mixed(user ^ 0x05e7 << 48) | 1);
        frame.device = Some(mixed(device ^ 0xde71 << 48) | 1);
        frame.password = Some(mixed(user ^ 0x9a55 << 48) | 1);
        // Spread over what is neither private nor multicast, each number once for 2^27 of them.
        let spread = address.wrapping_mul(0x9e37_79b1) & 0x07ff_ffff;
        let ip = Ipv4Addr::from(0x4000_0000 + u32::try_from(spread).expect("27 bits"));
        frame.ip = IpAddr::V4(ip);
        frame.address = Address::new(frame.ip).expect("it can be a source");
        frame
    }
}
