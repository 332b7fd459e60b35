//! The devices that a user is known by, each with the program that it comes with.
//!
//! The token of a device is kept by one program: a browser, an application. Whoever steals it has it in another one,
//! and the agent says so (D16). Only a program that came again after some hours is believed: whoever comes with a copy first
//! does not make the owner look like the thief.

use super::record::{remove, tag16, to_front};
use crate::frame::Frame;
use bytemuck::Zeroable;
use serde::{Deserialize, Serialize};

const DEVICES: usize = 4;

/// The lower byte of a device: the tag of its program …
const PROGRAM: u32 = 0x7f;
/// … or that it has several, as an application and the browser within it do …
const SEVERAL: u32 = PROGRAM;
/// … and whether it came with that one again.
const CONFIRMED: u32 = 0x80;
const BESIDE: u32 = PROGRAM | CONFIRMED;

/// After so much silence of its user a program that comes again is confirmed: thieves who try a token twice do so at once.
const CONFIRMED_AFTER_S: u32 = 2 * 3_600;

/// The tag by which a device is remembered: the upper 24 bits of its key, in the upper bits; never 0.
#[must_use]
pub fn device_tag(device: u64) -> u32 {
    ((device >> 32) as u32 & !BESIDE).max(BESIDE + 1)
}

/// The tag of the program of an attempt, the agent without its versions; 0 where it is not told.
fn program_tag(frame: &Frame) -> u32 {
    // Neither none nor several.
    let tag = |agent| 1 + u32::from(tag16(agent)) % (SEVERAL - 1);
    frame.agent.map_or(0, tag)
}

/// Devices, the most recent first; 0 is none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Zeroable)]
#[repr(transparent)]
pub(super) struct Devices([u32; DEVICES]);

impl Devices {
    /// Their tags.
    pub(super) fn tags(&self) -> impl Iterator<Item = u32> + '_ {
        let known = self.0.iter().filter(|device| **device != 0);
        known.map(|device| device & !BESIDE)
    }

    fn of(&self, frame: &Frame) -> Option<u32> {
        let tag = device_tag(frame.device?);
        let mut devices = self.0.iter().copied();
        devices.find(|device| device & !BESIDE == tag)
    }

    /// Whether an attempt comes from one of them.
    pub(super) fn knows(&self, frame: &Frame) -> bool {
        self.of(frame).is_some()
    }

    /// Whether an attempt comes from the one that came last.
    pub(super) fn last_is_of(&self, frame: &Frame) -> bool {
        let tag = frame.device.map(device_tag);
        tag == Some(self.0[0] & !BESIDE)
    }

    /// Whether an attempt comes from one of them, but not from its program.
    pub(super) fn has_another_program(&self, frame: &Frame) -> bool {
        let (program, known) = (program_tag(frame), self.of(frame).unwrap_or(0));
        program != 0
            && known & CONFIRMED != 0
            && known & PROGRAM != program
            && known & PROGRAM != SEVERAL
    }

    /// Remembers the device of an attempt as the most recent. Another program, other than a copy's, is one more program of the
    /// device. `idle_s`: seconds since the user's last login.
    pub(super) fn learn(&mut self, frame: &Frame, is_copy: bool, idle_s: u32) {
        let Some(device) = frame.device else { return };
        let (before, program) = (self.of(frame), program_tag(frame));
        let known = before.unwrap_or(0) & BESIDE;
        let beside = if is_copy || program == 0 || known & PROGRAM == SEVERAL {
            known
        } else if known & PROGRAM == program {
            let again = idle_s >= CONFIRMED_AFTER_S;
            known | if again { CONFIRMED } else { 0 }
        } else if known & CONFIRMED != 0 {
            SEVERAL
        } else {
            program
        };
        if let Some(before) = before {
            remove(&mut self.0, before);
        }
        to_front(&mut self.0, device_tag(device) | beside);
    }

    /// Forgets the device of an attempt.
    pub(super) fn forget(&mut self, frame: &Frame) {
        if let Some(device) = self.of(frame) {
            remove(&mut self.0, device);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use credsieve_models::Address;

    const LATER_S: u32 = CONFIRMED_AFTER_S;

    fn from(device: u64, program: Option<u64>) -> Frame {
        let mut frame = Frame::about(Address::new([203, 0, 113, 9].into()).unwrap());
        frame.device = Some(device << 40);
        frame.agent = program;
        frame
    }

    /// A device that came with this program, and again after so many seconds.
    fn known(program: u64, idle_s: u32) -> Devices {
        let mut devices = Devices::default();
        devices.learn(&from(7, Some(program)), false, u32::MAX);
        devices.learn(&from(7, Some(program)), false, idle_s);
        devices
    }

    #[test]
    fn a_device_that_came_twice_with_a_program_comes_with_no_other() {
        let devices = known(1, LATER_S);
        let other = |device, program| devices.has_another_program(&from(device, program));
        assert!(other(7, Some(2)));
        assert!(!other(7, Some(1)) && !other(8, Some(2)));
        assert!(!other(7, None), "who tells no agent is not held to it");
        assert!(devices.knows(&from(7, Some(2))), "it is known all the same");
    }

    #[test]
    fn who_comes_first_with_a_copy_does_not_make_the_owner_look_like_a_thief() {
        let mut devices = known(2, LATER_S - 1);
        let owner = from(7, Some(1));
        assert!(!devices.has_another_program(&owner));
        devices.learn(&owner, false, 60);
        devices.learn(&owner, false, LATER_S);
        assert!(devices.has_another_program(&from(7, Some(2))));
        assert!(!devices.has_another_program(&owner));
    }

    #[test]
    fn a_device_with_several_programs_is_never_a_copy_and_a_copy_is_no_program_of_it() {
        let mut devices = known(1, LATER_S);
        devices.learn(&from(7, Some(2)), true, LATER_S);
        assert!(devices.has_another_program(&from(7, Some(2))), "a copy");
        devices.learn(&from(7, Some(2)), false, LATER_S);
        for program in 1..=3 {
            devices.learn(&from(7, Some(program)), false, LATER_S);
            assert!(!devices.has_another_program(&from(7, Some(4))));
        }
    }

    #[test]
    fn a_device_without_an_agent_keeps_what_is_known_of_it() {
        let mut devices = known(1, LATER_S);
        devices.learn(&from(7, None), false, LATER_S);
        assert!(devices.has_another_program(&from(7, Some(2))));
        devices.forget(&from(7, None));
        assert_eq!(devices, Devices::default());
    }

    #[test]
    fn tags_tell_nothing_of_programs_and_none_is_nothing() {
        let devices = known(1, LATER_S);
        assert_eq!(devices.tags().collect::<Vec<_>>(), [device_tag(7 << 40)]);
        assert_ne!(device_tag(0), 0);
        assert_eq!(
            device_tag(u64::from(device_tag(u64::MAX)) << 32),
            device_tag(u64::MAX)
        );
    }
}
