//! The knobs of the honest crowds, with the values of the default mix.
//!
//! `docs/traffic.md` explains each. A file that leaves one out has its default.

use super::units::{Percent, Span};
use serde::Deserialize;

/// Declares a table of knobs with its defaults, so that a name stands in one place.
macro_rules! knobs {
    ($(#[$doc:meta])* $name:ident { $($(#[$field_doc:meta])* $field:ident: $kind:ty = $value:expr,)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
        #[serde(deny_unknown_fields, default)]
        pub struct $name { $($(#[$field_doc])* pub $field: $kind,)+ }

        impl Default for $name {
            fn default() -> Self { Self { $($field: $value,)+ } }
        }
    };
}
pub(crate) use knobs;

knobs! {
    /// All crowds.
    Crowds {
        /// Mistakes at the keyboard.
        typos: Typos = Typos::default(),
        /// Forgotten passwords.
        forgotten: Forgotten = Forgotten::default(),
        /// Password managers, second factors, pages that ask for the name first, tokens.
        habits: Habits = Habits::default(),
        /// Devices: new ones, lent ones, cleared cookies, none.
        devices: Devices = Devices::default(),
        /// Homes.
        home: Home = Home::default(),
        /// Phones on their carrier's network.
        mobile: Mobile = Mobile::default(),
        /// Offices.
        office: Office = Office::default(),
        /// Travellers.
        travel: Travel = Travel::default(),
        /// VPN and relay users.
        vpn: Vpn = Vpn::default(),
        /// People who have written a script.
        script: Script = Script::default(),
        /// Sign-ups.
        signup: Signup = Signup::default(),
        /// Account aggregators.
        aggregator: Aggregator = Aggregator::default(),
        /// Uptime monitors.
        monitor: Monitor = Monitor::default(),
        /// Programs with a stale password.
        stale_client: StaleClient = StaleClient::default(),
        /// School labs.
        lab: Lab = Lab::default(),
        /// Public terminals.
        kiosk: Kiosk = Kiosk::default(),
        /// A whole office after a forced password change.
        forced_change: ForcedChange = ForcedChange::default(),
        /// An outage with everybody retrying.
        outage: Outage = Outage::default(),
        /// A release of the app.
        app_release: AppRelease = AppRelease::default(),
        /// A marketing rush of sign-ups.
        rush: Rush = Rush::default(),
        /// Resets after a mail to everybody.
        reset_wave: ResetWave = ResetWave::default(),
        /// The launch in a new country.
        launch: Launch = Launch::default(),
    }
}

knobs! {
    /// Mistakes at the keyboard; each a share of visits without a password manager.
    Typos {
        /// The name has a slip.
        name: Percent = Percent::of_10_000(90),
        /// The mail domain is another one.
        domain: Percent = Percent::of_10_000(50),
        /// The password has a slip.
        password: Percent = Percent::of_10_000(600),
        /// Of those, the same wrong thing is typed once more.
        same_again: Percent = Percent::new(22),
        /// Of those, another wrong thing follows.
        other_again: Percent = Percent::new(15),
        /// Of those, nobody tries again.
        give_up: Percent = Percent::new(7),
    }
}

knobs! {
    /// Forgotten passwords.
    Forgotten {
        /// The share of visits in which it is forgotten.
        share: Percent = Percent::of_10_000(60),
        /// The share of guesses that are a popular password.
        popular: Percent = Percent::new(9),
        /// The share who go away instead of resetting it.
        abandon: Percent = Percent::new(25),
    }
}

knobs! {
    /// Password managers, second factors, pages that ask for the name first, tokens.
    Habits {
        /// The share of people whose manager types for them.
        password_manager: Percent = Percent::new(38),
        /// The share of people with a second factor.
        mfa: Percent = Percent::new(20),
        /// The share of visits that begin with a look-up of the name.
        lookup: Percent = Percent::new(4),
        /// The share of the app's visits that present a token instead of a password.
        token: Percent = Percent::new(30),
        /// The share of people whose password stands in a known leak.
        breached: Percent = Percent::new(3),
    }
}

knobs! {
    /// Devices: new ones, lent ones, cleared cookies, none.
    Devices {
        /// After how many visits of a person a device is replaced.
        visits_to_new: u64 = 300,
        /// The share of visits on somebody else's device.
        lent: Percent = Percent::of_10_000(30),
        /// The share of people who clear their cookies now and then.
        clearing: Percent = Percent::new(18),
        /// After how many of their visits.
        visits_to_clear: u64 = 80,
        /// The share of people whose browser forgets everything at the end of a visit.
        private: Percent = Percent::of_10_000(40),
        /// The share of devices that never send an id.
        none: Percent = Percent::new(9),
    }
}

knobs! {
    /// Homes.
    Home {
        /// The share of people who share theirs with somebody else here.
        shared: Percent = Percent::new(45),
        /// Of those who share it, the share who share the computer there as well.
        same_desktop: Percent = Percent::new(35),
        /// The share of homes that get another address every night.
        renumbered: Percent = Percent::new(30),
        /// The share of homes on IPv6, where the provider has it.
        ipv6: Percent = Percent::new(45),
        /// The share of IPv6 homes whose prefix changes every night.
        ipv6_renumbered: Percent = Percent::new(35),
    }
}

knobs! {
    /// Phones on their carrier's network.
    Mobile {
        /// The share of hours in which somebody is out and about.
        share: Percent = Percent::new(28),
        /// How many addresses a carrier hides its customers behind.
        addresses: u64 = 16,
        /// The share of phones on IPv6, where the carrier has it.
        ipv6: Percent = Percent::new(30),
    }
}

knobs! {
    /// Offices, each behind one address.
    Office {
        /// The share of people who work in one.
        share: Percent = Percent::new(30),
        /// How many people an office has on average; the first has many times that.
        people: u64 = 50,
        /// The share of offices where all use the same few terminals.
        terminals: Percent = Percent::new(10),
        /// The share of working hours spent there.
        presence: Percent = Percent::new(65),
    }
}

knobs! {
    /// Travellers.
    Travel {
        /// The share of people who are away at any time.
        share: Percent = Percent::of_10_000(250),
        /// For how many days.
        days: u64 = 4,
    }
}

knobs! {
    /// VPN and relay users.
    Vpn {
        /// The share of people who have a VPN.
        share: Percent = Percent::new(6),
        /// The share of their days on which it is on.
        on: Percent = Percent::new(60),
        /// The share of people whose browser sends everything through relays.
        relay: Percent = Percent::new(3),
    }
}

knobs! {
    /// People who have written a script.
    Script {
        /// Their share of people.
        share: Percent = Percent::of_10_000(150),
        /// Of those, the share whose script runs on a rented server.
        hosted: Percent = Percent::new(40),
        /// Of those, the share whose script goes through a VPN.
        vpn: Percent = Percent::new(20),
        /// The share of runs in which it is being worked on, and fails some times.
        trials: Percent = Percent::new(4),
    }
}

knobs! {
    /// Sign-ups.
    Signup {
        /// New people each day, as a share of all.
        share: Percent = Percent::of_10_000(50),
        /// The share of new people who log in within a quarter of an hour.
        follow: Percent = Percent::new(65),
    }
}

knobs! {
    /// Account aggregators: many users from few hosting addresses.
    Aggregator {
        /// The share of people who use one.
        share: Percent = Percent::new(4),
        /// How often a day each is fetched.
        per_day: u64 = 2,
        /// How many addresses the aggregators have.
        addresses: u64 = 8,
        /// How many companies they belong to.
        companies: u64 = 4,
        /// The share of users whose account is no more.
        closed: Percent = Percent::of_10_000(60),
        /// The share of users whose password has changed since.
        stale: Percent = Percent::of_10_000(250),
    }
}

knobs! {
    /// Uptime monitors.
    Monitor {
        /// How many.
        count: u64 = 2,
        /// How often each logs in.
        every: Span = Span::minutes(2),
    }
}

knobs! {
    /// Programs with a stale password that retry for days from the same place.
    StaleClient {
        /// The share of people who have one.
        share: Percent = Percent::of_10_000(4),
        /// How often each tries.
        every: Span = Span::minutes(15),
        /// Of those, the share whose account is no more.
        closed: Percent = Percent::new(25),
        /// For how many days, before somebody notices.
        days: u64 = 3,
    }
}

knobs! {
    /// School labs: one address, shared devices, many users.
    Lab {
        /// The share of people who are pupils.
        share: Percent = Percent::of_10_000(150),
        /// How many labs.
        count: u64 = 6,
        /// Devices of a lab.
        devices: u64 = 16,
        /// Visits of a pupil on a school day.
        per_day: u64 = 1,
    }
}

knobs! {
    /// Public terminals: one device each, many users.
    Kiosk {
        /// How many.
        count: u64 = 8,
        /// Visits at each in a day.
        per_day: u64 = 30,
        /// The share of them who make an account.
        signups: Percent = Percent::new(5),
    }
}

knobs! {
    /// A whole office after a forced password change.
    ForcedChange {
        /// When, since the beginning.
        start: Span = Span::minutes(24 * 60 + 7 * 60),
        /// Until all have been there.
        duration: Span = Span::minutes(180),
        /// How many people work there.
        people: u64 = 300,
        /// The share who fail at once.
        fail: Percent = Percent::new(30),
    }
}

knobs! {
    /// An outage with everybody retrying.
    Outage {
        /// When, since the beginning.
        start: Span = Span::minutes(24 * 60 + 14 * 60),
        /// How long.
        duration: Span = Span::minutes(15),
        /// The share who try again each time.
        retry: Percent = Percent::new(80),
    }
}

knobs! {
    /// A release of the app.
    AppRelease {
        /// When, since the beginning.
        start: Span = Span::minutes(2 * 24 * 60 + 9 * 60),
        /// Until all have taken it.
        duration: Span = Span::minutes(6 * 60),
    }
}

knobs! {
    /// A marketing rush of sign-ups.
    Rush {
        /// When, since the beginning.
        start: Span = Span::minutes(24 * 60 + 18 * 60),
        /// How long.
        duration: Span = Span::minutes(120),
        /// How many times the usual sign-ups.
        times: u64 = 10,
    }
}

knobs! {
    /// Resets after a mail to everybody.
    ResetWave {
        /// When, since the beginning.
        start: Span = Span::minutes(2 * 24 * 60 + 15 * 60),
        /// How long.
        duration: Span = Span::minutes(240),
        /// The share of people who follow the mail.
        share: Percent = Percent::new(3),
    }
}

knobs! {
    /// The launch in a new country.
    Launch {
        /// When, since the beginning.
        start: Span = Span::minutes(3 * 24 * 60 + 8 * 60),
        /// The country, by its code.
        country: String = "BR".to_owned(),
        /// New people there in a day, as a share of all; 0 for no launch.
        share: Percent = Percent::of_10_000(100),
    }
}
