//! A user's record: what the user's own logins look like, and from where the user is failed. Two
//! cache lines with its key; everything in it is a short tag, so two values that fold alike count as one.

mod account;
mod fire_pane;
mod tags;

use super::devices::Devices;
use super::wrongs::Retries;
use crate::frame::Frame;
use crate::now::Now;
use crate::pattern::PlaceState;
use crate::signals::UserFacts;
use crate::state::pairs::FirstSight;
use crate::state::table::Record;
use account::{LOGINS, SIGNED};
use bytemuck::Zeroable;
use credsieve_models::verdict::LogOdds;
use fire_pane::{COUNT, FLAGS, FirePane};
use serde::{Deserialize, Serialize};
use tags::bit16;
pub(super) use tags::{remove, tag16, to_front};

/// Panes of the under-fire window: three of 15 minutes, so that 30 minutes always fit.
const FIRE_PANES: usize = 3;
const PLACES: usize = 8;
const ASNS: usize = 4;
const COUNTRIES: usize = 2;
const TOOLS: usize = 4;
const PASSWORDS: usize = 2;

/// What is known about a user or a tried name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Zeroable)]
#[repr(C)]
pub struct UserRecord {
    last_seen_s: u32,
    pub(super) limit_used_ms: u32,
    devices: Devices,
    /// Known addresses with their networks, the most recent first; for a name that never succeeded, who tried it. 0 is
    /// none. So with everything below.
    places: [Place; PLACES],
    asns: [u16; ASNS],
    countries: [[u8; 2]; COUNTRIES],
    tools: [u16; TOOLS],
    passwords: [u16; PASSWORDS],
    /// Logins learned from; the upper bit says that there was a sign-up and no login since, the next three how doubtful
    /// it was.
    logins: u16,
    agent: u16,
    /// The network from which a stranger failed last.
    failed_network: u16,
    /// The network of the last success that was suspect.
    suspect_network: u16,
    fire_pane: u16,
    /// Minutes, in their low bits, of the last login on a device that was known before; 0 is never.
    owner_min: u16,
    fire: [FirePane; FIRE_PANES],
    /// Watermark of the last login learned from.
    last_login_s: u32,
    /// Watermark of the last success that was suspect.
    suspect_s: u32,
}

const _: () = assert!(size_of::<UserRecord>() == 120);

/// A known address within its network.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Zeroable)]
struct Place {
    address: u16,
    network: u16,
}

impl Record for UserRecord {
    fn is_live(&self) -> bool {
        self.last_seen_s != 0
    }
    /// Names without a success go first.
    fn worth(&self, _: u32) -> u32 {
        u32::from(self.logins() > 0)
    }
    fn last_seen_s(&self) -> u32 {
        self.last_seen_s
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "only the low bits are kept"
)]
fn low16(value: i64) -> u16 {
    value as u16
}

impl UserRecord {
    pub(super) fn fresh(now: Now) -> Self {
        Self {
            last_seen_s: now.watermark_s(),
            fire_pane: low16(now.pane()),
            ..Self::default()
        }
    }

    pub(super) fn touch(&mut self, now: Now) {
        let passed_ms = now
            .watermark_s()
            .saturating_sub(self.last_seen_s)
            .saturating_mul(1_000);
        self.limit_used_ms = self.limit_used_ms.saturating_sub(passed_ms);
        self.last_seen_s = self.last_seen_s.max(now.watermark_s());
    }

    /// Tags of the devices known.
    pub(super) fn devices(&self) -> impl Iterator<Item = u32> + '_ {
        self.devices.tags()
    }

    /// Brings the panes to the one of `pane`; answers which of them is its, if any.
    fn turn_fire(&mut self, pane: i64) -> Option<usize> {
        let pane = low16(pane);
        // The nearer way round: a record untouched for 300 days may keep a pane too long.
        let ahead = pane.wrapping_sub(self.fire_pane).cast_signed();
        let behind = ahead.unsigned_abs() as usize;
        if ahead > 0 {
            let ahead = behind;
            self.fire.rotate_right(ahead.min(FIRE_PANES));
            self.fire[..ahead.min(FIRE_PANES)].fill(FirePane::default());
            self.fire_pane = pane;
        }
        let behind = if ahead > 0 { 0 } else { behind };
        (behind < FIRE_PANES).then_some(behind)
    }

    fn clear_flags(&mut self) {
        for pane in &mut self.fire {
            pane.addresses &= COUNT;
        }
    }

    /// Flags are about the network from which a stranger came last.
    fn come_from(&mut self, frame: &Frame) {
        let network = Place::of(frame).network;
        if self.failed_network != network {
            self.clear_flags();
            self.failed_network = network;
        }
    }

    /// Counts a failure from a place that is not the user's own.
    pub(super) fn add_failure(
        &mut self,
        frame: &Frame,
        pane: i64,
        sight: FirstSight,
        flagged: bool,
    ) {
        let Some(index) = self.turn_fire(pane) else {
            return;
        };
        self.come_from(frame);
        let fire = &mut self.fire[index];
        let addresses = (fire.addresses & COUNT) + u8::from(sight.in_pane);
        fire.addresses = addresses.min(COUNT) | (fire.addresses & FLAGS);
        if flagged {
            fire.flag(frame.kind);
        }
        fire.new_addresses = fire.new_addresses.saturating_add(u8::from(sight.in_window));
        if let Some(asn) = frame.asn {
            fire.asns |= bit16(u64::from(asn));
        }
        if let Some(country) = frame.country {
            fire.countries |= bit16(u64::from(u16::from_be_bytes(country)));
        }
        if self.logins() == 0 {
            let place = Place::of(frame);
            let known = self.places.iter().position(|p| p.network == place.network);
            self.places[..=known.unwrap_or(PLACES - 1)].rotate_right(1);
            self.places[0] = place;
        }
    }

    /// What the record says about an attempt.
    pub(super) fn facts(&self, frame: &Frame, now: Now) -> UserFacts {
        let mut copy = *self;
        let current = copy.turn_fire(now.pane()).unwrap_or(0);
        let window = &copy.fire[current..];
        let oldest = window.iter().rposition(|p| p.addresses & COUNT > 0);
        let addresses = window
            .iter()
            .enumerate()
            .map(|(index, p)| {
                // The union: all of the oldest pane, and what each later one added.
                u32::from(if Some(index) == oldest {
                    p.addresses & COUNT
                } else {
                    p.new_addresses
                })
            })
            .sum();
        let bits = |of: fn(&FirePane) -> u16| {
            window
                .iter()
                .fold(0, |bits, pane| bits | of(pane))
                .count_ones()
        };
        let here = self.failed_network == Place::of(frame).network;
        let copied_device = self.is_copy(frame);
        UserFacts {
            known_device: self.devices.knows(frame) && !copied_device,
            copied_device,
            place: self.place_state(frame),
            knows_tool: frame.tool.is_some_and(|t| self.tools.contains(&tag16(t))),
            knows_agent: frame.agent.is_some_and(|a| self.agent == tag16(a)),
            good_password: frame
                .password
                .is_some_and(|p| self.passwords.contains(&tag16(p))),
            has_tool: self.agent != 0 || self.tools[0] != 0,
            has_password: self.passwords[0] != 0,
            logins: self.logins(),
            doubt: LogOdds(self.doubted()),
            signed_s: (self.logins & SIGNED != 0).then_some(self.last_login_s),
            tried_from: if self.logins() == 0 {
                self.places.iter().map(|p| u32::from(p.network != 0)).sum()
            } else {
                0
            },
            failed_here: here && addresses > 0,
            flagged_here: window
                .iter()
                .find_map(|pane| pane.flagged())
                .filter(|_| here),
            failing_addresses: addresses,
            failing_asns: bits(|p| p.asns),
            failing_countries: bits(|p| p.countries),
            since_login_s: age(self.last_login_s, now),
            since_suspect_s: if self.suspect_network == Place::of(frame).network {
                u32::MAX
            } else {
                age(self.suspect_s, now)
            },
            same_again: false,
            passwords: 0,
            elsewhere: 0,
            retries: Retries::Untold,
            over_limit: false,
        }
    }

    /// Whether an attempt has the token of a known device, but neither its program nor a place of the user's: a copy. Where
    /// autonomous systems are not told, every network of a carrier's is a new place.
    fn is_copy(&self, frame: &Frame) -> bool {
        let networks_told = frame.asn.is_some() && self.asns[0] != 0;
        networks_told
            && self.devices.has_another_program(frame)
            && self.place_state(frame) > PlaceState::Asn
    }

    fn place_state(&self, frame: &Frame) -> PlaceState {
        if self.logins() == 0 {
            return PlaceState::New;
        }
        let here = Place::of(frame);
        if self.places.contains(&here) {
            PlaceState::Address
        } else if self.places.iter().any(|p| p.network == here.network) {
            PlaceState::Network
        } else if frame
            .asn
            .is_some_and(|asn| self.asns.contains(&tag16(u64::from(asn))))
        {
            PlaceState::Asn
        } else if frame.country.is_some_and(|c| self.countries.contains(&c)) {
            PlaceState::Country
        } else {
            PlaceState::New
        }
    }

    /// Whether the owner logged in, on a device known before, since then.
    /// Whose device came last is no witness for itself: a thief who comes again is not the owner.
    pub(super) fn owner_seen_since(&self, at_s: u32, suspect: &Frame) -> bool {
        !self.devices.last_is_of(suspect)
            && self.owner_min != 0
            && self
                .owner_min
                .wrapping_sub(low16(i64::from(at_s) / 60))
                .cast_signed()
                > 0
    }

    /// Forgets what an attempt taught that was no login of the user's after all: everything that was
    /// not known `before` it. (What it pushed out is lost: the owner is asked once more.)
    pub(super) fn forget(&mut self, frame: &Frame, before: &UserFacts) {
        // The owner's own is not forgotten for its copy.
        if !before.known_device && !before.copied_device {
            self.devices.forget(frame);
        }
        if before.place > PlaceState::Address {
            remove(&mut self.places, Place::of(frame));
        }
        if let Some(asn) = frame.asn.filter(|_| before.place > PlaceState::Asn) {
            remove(&mut self.asns, tag16(u64::from(asn)));
        }
        if let Some(country) = frame.country.filter(|_| before.place > PlaceState::Country) {
            remove(&mut self.countries, country);
        }
        if let Some(tool) = frame.tool.filter(|_| !before.knows_tool) {
            remove(&mut self.tools, tag16(tool));
        }
        if let Some(agent) = frame.agent.filter(|_| !before.knows_agent)
            && self.agent == tag16(agent)
        {
            self.agent = 0;
        }
        if let Some(password) = frame.password.filter(|_| !before.good_password) {
            remove(&mut self.passwords, tag16(password));
        }
        self.logins = (self.logins & !LOGINS) | (self.logins & LOGINS).saturating_sub(1);
    }

    /// Learns what a login above suspicion looked like.
    pub(super) fn learn(&mut self, frame: &Frame, now: Now) {
        if self.logins() == 0 {
            // What stood here was who tried the name.
            self.places = Default::default();
        }
        // At the end of its bits it goes on by sixteens, since names are taught again at each sixteenth.
        let logins = (self.logins & LOGINS) + 1;
        let logins = if logins > LOGINS { LOGINS - 15 } else { logins };
        self.logins = (self.logins & !LOGINS) | logins;
        let is_copy = self.is_copy(frame);
        if self.devices.knows(frame) && !is_copy {
            self.owner_min = low16(i64::from(now.watermark_s()) / 60).max(1);
        }
        if Place::of(frame).network == self.failed_network {
            // It was the user who failed: that is said once.
            self.clear_flags();
        }
        let idle_s = age(self.last_login_s, now);
        self.devices.learn(frame, is_copy, idle_s);
        self.last_login_s = self.last_login_s.max(now.watermark_s());
        to_front(&mut self.places, Place::of(frame));
        if let Some(asn) = frame.asn {
            to_front(&mut self.asns, tag16(u64::from(asn)));
        }
        if let Some(country) = frame.country {
            to_front(&mut self.countries, country);
        }
        if let Some(tool) = frame.tool {
            to_front(&mut self.tools, tag16(tool));
        }
        if let Some(agent) = frame.agent {
            self.agent = tag16(agent);
        }
        if let Some(password) = frame.password {
            to_front(&mut self.passwords, tag16(password));
        }
    }

    /// Remembers that a success was suspect.
    pub(super) fn suspect(&mut self, frame: &Frame, now: Now) {
        self.suspect_network = Place::of(frame).network;
        self.suspect_s = self.suspect_s.max(now.watermark_s());
    }

    /// Whether the user has logged in from somewhere else than this network too.
    pub(super) fn is_established(&self, frame: &Frame) -> bool {
        let here = Place::of(frame).network;
        self.logins() >= 2
            || self
                .places
                .iter()
                .any(|p| p.network != 0 && p.network != here)
    }
}

impl Place {
    fn of(frame: &Frame) -> Self {
        Self {
            address: tag16(frame.address.packed()),
            network: tag16(frame.address.near().packed()),
        }
    }
}

fn age(at_s: u32, now: Now) -> u32 {
    if at_s == 0 {
        u32::MAX
    } else {
        now.watermark_s().saturating_sub(at_s)
    }
}
