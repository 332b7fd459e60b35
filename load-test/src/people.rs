//! The people: who they are, where they are now, and what they hold in their hands.
//!
//! Nobody is stored. What a person is (country, home, carrier, employer, devices, habits) is a hash
//! of the person's number, so that five million people cost no memory and a seed gives the same
//! people for ever. Continuity follows from it: the same person at the same time is at the same
//! place with the same devices, whoever asks.
//!
//! Numbers: those below `count` have an account from the beginning, the most active first; then come
//! those who join, then those of the country where the service is launched; the rest are nobody.

mod attempts;
mod crowds;
mod devices;
mod visits;

use crate::calendar::{Calendar, Local};
use crate::mix::Crowds;
use crate::names::Name;
use crate::networks::{self, Country, Line, Place, Provider};
use crate::plan::Client;
use crate::rng::{Rng, hash};
use std::sync::Arc;

pub use devices::{Device, Fresh, Gear};

pub(crate) const SECOND: u64 = 1_000_000;
pub(crate) const HOUR: u64 = 3_600 * SECOND;
pub(crate) const DAY: u64 = 24 * HOUR;

/// Bands of people by how often they come: parts of 1,000 people, and of 1,000 visits.
const BANDS: [(u64, u64); 5] = [(30, 271), (170, 423), (300, 238), (250, 57), (250, 11)];

/// What is drawn for a person, each a hash of its own.
#[derive(Clone, Copy, Debug)]
enum Trait {
    Mfa = 20,
    Manager,
    Breached,
    Script,
    ScriptPlace,
    Vpn,
    Relay,
    Office,
    OfficeRank,
    Household,
    SameDesktop,
    Renumbered,
    Ipv6,
    Ipv6Renumbered,
    Clearing,
    Private,
    PhonePerson,
    App,
    MobileV6,
    Typist,
}

/// Where a person is at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spot {
    /// At home.
    Home,
    /// In the office.
    Office,
    /// Out and about, on the carrier's network.
    Mobile,
    /// On a journey.
    Travel,
    /// Behind a VPN.
    Vpn,
    /// Behind a browser's relays.
    Relay,
}

/// Everybody who has an account.
#[derive(Clone, Debug)]
pub struct People {
    /// What they are is drawn from this.
    pub seed: u64,
    /// How many had an account at the beginning; the first names are theirs.
    pub count: u32,
    /// How many have joined since.
    joined: u32,
    /// How many of those in the new country.
    launched: u32,
    /// Visits of an average person on a working day, in hundredths.
    visits: u64,
    calendar: Calendar,
    crowds: Arc<Crowds>,
    launch_country: Country,
}

/// The digest of one of the passwords that people love most, and sprays therefore try.
#[must_use]
pub fn popular_password(rank: u64) -> u64 {
    hash(0, 0x7077, rank)
}

impl People {
    /// That many people, whose visits begin then.
    #[must_use]
    pub fn new(
        seed: u64,
        count: u32,
        visits: u64,
        calendar: Calendar,
        crowds: Arc<Crowds>,
    ) -> Self {
        let launch_country = Country::from_code(&crowds.launch.country).unwrap_or(Country::any(0));
        Self {
            seed,
            count: count.max(1),
            joined: 0,
            launched: 0,
            visits,
            calendar,
            crowds,
            launch_country,
        }
    }

    /// That many people with the habits of the default mix.
    #[must_use]
    pub fn ordinary(seed: u64, count: u32) -> Self {
        let calendar = Calendar::new(crate::mix::A_MONDAY_MS);
        Self::new(seed, count, 120, calendar, Arc::default())
    }

    /// The knobs of the crowds.
    #[must_use]
    pub fn crowds(&self) -> &Crowds {
        &self.crowds
    }

    /// The clock on the wall.
    #[must_use]
    pub fn calendar(&self) -> Calendar {
        self.calendar
    }

    /// A number below 10,000 for a trait of a person.
    fn drawn(&self, person: u32, which: Trait) -> u64 {
        hash(self.seed, which as u64, u64::from(person)) % 10_000
    }

    fn is(&self, person: u32, which: Trait, share: crate::mix::Percent) -> bool {
        self.drawn(person, which) < share.in_10_000()
    }

    /// The number of the first who joins in the new country.
    pub(crate) fn first_launched(&self) -> u32 {
        self.count + self.reserved() / 2
    }

    /// How many numbers are kept for those who join.
    fn reserved(&self) -> u32 {
        self.count.saturating_mul(2).clamp(1_000_000, 1_000_000_000)
    }

    /// Any account, all alike: a leak asks nobody how often they log in.
    pub fn somebody(&self, rng: &mut Rng) -> u32 {
        rng.below_u32(self.count)
    }

    /// Somebody who comes now: some come ten times a day and many once a month.
    pub fn active(&self, rng: &mut Rng) -> u32 {
        let all = self.count + self.joined + self.launched;
        let drawn = rng.below_u32(all);
        if drawn >= self.count + self.joined {
            return self.first_launched() + (drawn - self.count - self.joined);
        }
        if drawn >= self.count {
            return drawn;
        }
        let mut visit = rng.below(1_000);
        let mut first = 0;
        for (people, visits) in BANDS {
            if visit < visits {
                let count = u64::from(self.count);
                let (low, high) = (count * first / 1_000, count * (first + people) / 1_000);
                let person = low + rng.below((high - low).max(1));
                return u32::try_from(person).map_or(0, |person| person.min(self.count - 1));
            }
            visit -= visits;
            first += people;
        }
        0
    }

    /// Visits of that person on a working day, in hundredths.
    #[must_use]
    pub fn visits_per_day(&self, person: u32) -> u64 {
        if person >= self.count {
            return self.visits.max(1);
        }
        let rank = u64::from(person) * 1_000 / u64::from(self.count);
        let mut last = 0;
        for (people, visits) in BANDS {
            last += people;
            if rank < last {
                return (self.visits * visits / people).max(1);
            }
        }
        1
    }

    /// A name that nobody here has.
    pub fn nobody(&self, rng: &mut Rng) -> Name {
        let first = self.count + self.reserved();
        Name::Of(first + rng.below_u32(u32::MAX - first))
    }

    /// Somebody new.
    pub(crate) fn join(&mut self) -> u32 {
        let person = self.count + self.joined;
        self.joined = (self.joined + 1).min(self.reserved() / 2 - 1);
        person
    }

    /// The number of whoever joins next.
    pub(crate) fn next_to_join(&self) -> u32 {
        self.count + self.joined
    }

    /// Whether somebody has joined under that number.
    pub(crate) fn has_joined(&self, number: u32) -> bool {
        (self.count..self.count + self.joined).contains(&number)
            || (self.first_launched()..self.first_launched() + self.launched).contains(&number)
    }

    /// Somebody new in the new country.
    pub(crate) fn join_launched(&mut self) -> u32 {
        let person = self.first_launched() + self.launched;
        self.launched = (self.launched + 1).min(self.reserved() / 2 - 1);
        person
    }

    /// Whether that person has joined in the new country.
    #[must_use]
    pub fn is_launched(&self, person: u32) -> bool {
        person >= self.first_launched()
    }

    /// Whether a number is somebody's, now or later.
    #[must_use]
    pub fn is_person(&self, number: u32) -> bool {
        number < self.count + self.reserved()
    }

    /// Does this account ask for a second factor?
    #[must_use]
    pub fn has_mfa(&self, person: u32) -> bool {
        self.is(person, Trait::Mfa, self.crowds.habits.mfa)
    }

    /// The household: two people of neighbouring numbers, or one.
    fn household(&self, person: u32) -> u64 {
        if self.is(person / 2, Trait::Household, self.crowds.home.shared) {
            u64::from(person / 2)
        } else {
            u64::from(person) | 1 << 40
        }
    }

    /// Whether somebody else with an account lives there too.
    #[must_use]
    pub fn shares_home(&self, person: u32) -> bool {
        self.household(person) & (1 << 40) == 0
    }

    /// The country where a person lives.
    #[must_use]
    pub fn country(&self, person: u32) -> Country {
        if self.is_launched(person) {
            return self.launch_country;
        }
        Country::of_people(hash(self.seed, 2, self.household(person)))
    }

    /// The clock on the wall of a person's home.
    #[must_use]
    pub fn local(&self, person: u32, at_us: u64) -> Local {
        self.calendar
            .local(at_us, self.country(person).utc_offset())
    }

    /// The connection of a person's home: its provider and city never change.
    #[must_use]
    pub fn line(&self, person: u32) -> Line {
        let bits = hash(self.seed, 3, self.household(person));
        Line::of(self.country(person), bits)
    }

    /// The home of a person as a desk there has it: where it is IPv6, one host for as long as the
    /// lease lasts. Visits have another each time.
    #[must_use]
    pub fn home(&self, person: u32, at_us: u64) -> Place {
        self.home_of(person, at_us, 0, hash(self.seed, 4, u64::from(person)))
    }

    /// Whether the home is on IPv6.
    #[must_use]
    pub fn has_ipv6(&self, person: u32) -> bool {
        let household = self.household_number(person);
        self.line(person).has_v6() && self.is(household, Trait::Ipv6, self.crowds.home.ipv6)
    }

    /// Whether the home gets another address every night.
    #[must_use]
    pub fn is_renumbered(&self, person: u32) -> bool {
        let household = self.household_number(person);
        self.is(household, Trait::Renumbered, self.crowds.home.renumbered)
    }

    /// A number that all in a household share, for their home's traits.
    fn household_number(&self, person: u32) -> u32 {
        if self.shares_home(person) {
            person / 2
        } else {
            person
        }
    }

    /// The home's address as device number `subnet` has it, whose interface those bits choose.
    fn home_of(&self, person: u32, at_us: u64, subnet: u64, interface: u64) -> Place {
        let line = self.line(person);
        let household = self.household_number(person);
        let phase = hash(self.seed, 5, u64::from(household)) % (40 * DAY);
        // A line is renumbered at its own minute of the night, or every few weeks.
        let night = self.day(person) + phase % (4 * HOUR);
        if self.has_ipv6(person) {
            let every = if self.is(
                household,
                Trait::Ipv6Renumbered,
                self.crowds.home.ipv6_renumbered,
            ) {
                1
            } else {
                60
            };
            let lease = (at_us + night + phase / DAY % every * DAY) / (every * DAY);
            return line.v6(lease, subnet, interface);
        }
        let every = if self.is_renumbered(person) { 1 } else { 30 };
        let lease = (at_us + night + phase / DAY % every * DAY) / (every * DAY);
        line.v4(lease)
    }

    /// What has to be added to a time so that days begin in the night of the person's home.
    fn day(&self, person: u32) -> u64 {
        let offset = self.country(person).utc_offset() - 5;
        u64::try_from(offset.rem_euclid(24)).expect("below 24") * HOUR
    }

    /// A person's phone on its carrier's network.
    #[must_use]
    pub fn cell(&self, person: u32, at_us: u64) -> Place {
        self.cell_in(self.country(person), person, at_us)
    }

    fn cell_in(&self, country: Country, person: u32, at_us: u64) -> Place {
        let customer = hash(self.seed, 6, u64::from(person));
        let attach = hash(customer, 7, at_us / HOUR);
        if self.is(person, Trait::MobileV6, self.crowds.mobile.ipv6)
            && let Some(place) = networks::cell_v6(country, customer, attach)
        {
            return place;
        }
        networks::cell(country, customer, attach, self.crowds.mobile.addresses)
    }

    /// The number of the office where a person works. That of number 0 is the one with the forced
    /// password change.
    fn office_number(&self, person: u32) -> Option<u64> {
        let crowds = &self.crowds;
        if person >= self.count {
            return None;
        }
        if self.is_in_first_office(person) {
            return Some(0);
        }
        if !self.is(person, Trait::Office, crowds.office.share) {
            return None;
        }
        let employed = crowds.office.share.part_of(u64::from(self.count));
        let country = u64::from(crate::networks::country_share(self.country(person)));
        let offices = (employed * country / 10_000 / crowds.office.people.max(1)).max(1);
        // Squared, so that the first of a country have many times the people of the last.
        let drawn = hash(self.seed, Trait::OfficeRank as u64, u64::from(person)) & 0xffff;
        Some(1 + (offices.saturating_mul(drawn * drawn) >> 32))
    }

    /// How far apart the numbers of those in the first office are.
    pub(crate) fn first_office_step(&self) -> u32 {
        let people = u32::try_from(self.crowds.forced_change.people.max(1)).unwrap_or(u32::MAX);
        // Of those with such a number, half live in its country.
        (self.count / people.saturating_mul(2)).max(1)
    }

    /// Whether a person works in the first office, which is in the first country.
    pub(crate) fn is_in_first_office(&self, person: u32) -> bool {
        person < self.count
            && person.is_multiple_of(self.first_office_step())
            && self.crowds.forced_change.people > 0
            && self.country(person) == Country::first()
    }

    /// The single address of the office where a person works.
    #[must_use]
    pub fn office(&self, person: u32) -> Option<Place> {
        let number = self.office_number(person)?;
        let country = self.country(person);
        let bits = hash(self.seed, 8, (number << 8) | u64::from(country.number()));
        // Some send everything through a security company's exits.
        if number > 0 && bits.is_multiple_of(9) {
            return Some(Provider::of(bits >> 8).exit(bits >> 16));
        }
        Some(networks::office_in(country, bits))
    }

    fn on_journey(&self, person: u32, at_us: u64) -> Option<(Country, u64)> {
        let travel = &self.crowds.travel;
        let days = travel.days.max(1);
        let phase = hash(self.seed, 9, u64::from(person)) % (days * DAY);
        let period = (at_us + phase) / (days * DAY);
        let journey = hash(self.seed, 10, (u64::from(person) << 20) | period);
        if journey % 10_000 >= travel.share.in_10_000() {
            return None;
        }
        let bits = journey >> 16;
        let country = match bits % 10 {
            0..3 => self.country(person),
            3..8 => Country::of_people(bits >> 8),
            _ => Country::any(bits >> 8),
        };
        Some((country, journey))
    }

    /// Where a person is: the same answer within an hour.
    #[must_use]
    pub fn whereabouts(&self, person: u32, at_us: u64) -> (Spot, Place) {
        let local = self.local(person, at_us);
        let hour = hash(self.seed, 11, (u64::from(person) << 24) | (at_us / HOUR));
        if let Some((country, journey)) = self.on_journey(person, at_us) {
            // A hotel's or a host's network, or the phone in a foreign carrier's.
            let place = if hour % 100 < 60 {
                let hotel = journey >> 40;
                networks::hotel(country, hotel)
            } else {
                self.cell_in(country, person, at_us)
            };
            return (Spot::Travel, place);
        }
        let crowds = &self.crowds;
        let today = hash(self.seed, 12, (u64::from(person) << 20) | (at_us / DAY));
        if self.is(person, Trait::Vpn, crowds.vpn.share)
            && today % 10_000 < crowds.vpn.on.in_10_000()
        {
            let provider = Provider::of(hash(self.seed, 13, u64::from(person)));
            return (Spot::Vpn, provider.exit(today >> 16));
        }
        let work = (hour >> 16) % 10_000 < crowds.office.presence.in_10_000();
        if local.at_work()
            && work
            && let Some(office) = self.office(person)
        {
            return (Spot::Office, office);
        }
        if (hour >> 32) % 10_000 < crowds.mobile.share.in_10_000() {
            return (Spot::Mobile, self.cell(person, at_us));
        }
        if self.is(person, Trait::Relay, crowds.vpn.relay) {
            let provider = Provider::of(u64::from(person % 2) << 32);
            return (Spot::Relay, provider.relay(hash(hour, 14, at_us)));
        }
        (Spot::Home, self.home(person, at_us))
    }

    /// What a person mostly comes with: the first device, at home.
    #[must_use]
    pub fn usual_client(&self, person: u32, at_us: u64) -> Client {
        let gear = self.gear_at(person, Spot::Home, 0);
        let device = self.device(person, gear, at_us);
        Client {
            place: self.home(person, at_us),
            agent: device.agent,
            device: device.id,
            endpoint: device.endpoint,
        }
    }
}
