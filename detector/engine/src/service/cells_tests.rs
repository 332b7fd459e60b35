use super::*;
use crate::pattern::{DeviceState, PlaceState};

const HOME: Pattern = Pattern {
    device: DeviceState::Known,
    place: PlaceState::Address,
    history: 4,
    standing: 1,
};
const STRANGE: Pattern = Pattern {
    device: DeviceState::New,
    place: PlaceState::New,
    history: 4,
    standing: 0,
};
const LANE: Lane = Lane::LoginBadPassword;

#[test]
fn what_people_show_often_acquits_and_what_the_attack_shows_often_convicts() {
    let mut cells = Cells::default();
    for at_s in 0..2_000 {
        cells.count_people(at_s, Lane::LoginSuccess, HOME, ONE);
    }
    let before = cells.weight(2_000, LANE, STRANGE);
    for _ in 0..200 {
        cells.count_attack(2_000, LANE, STRANGE, ONE);
    }
    assert!(cells.weight(2_000, Lane::LoginSuccess, HOME) < -3 * 256);
    assert!(cells.weight(2_000, LANE, STRANGE) > before.max(3 * 256));
    assert!(
        cells.weight(2_000, LANE, HOME) < 0,
        "the attack does not show it"
    );
}

#[test]
fn one_suspect_is_hardly_evidence() {
    let mut cells = Cells::default();
    let before = cells.weight(0, LANE, STRANGE);
    cells.count_attack(0, LANE, STRANGE, ONE);
    let after = cells.weight(0, LANE, STRANGE);
    assert!(after <= before + 256, "{before} {after}");
    // Least of all where the pattern is rare.
    let rare = Pattern {
        device: DeviceState::Known,
        ..STRANGE
    };
    let before = cells.weight(0, LANE, rare);
    cells.count_attack(0, LANE, rare, ONE);
    let after = cells.weight(0, LANE, rare);
    assert!(after <= before + 256, "{before} {after}");
}

#[test]
fn who_fails_looks_like_who_succeeds() {
    let mut cells = Cells::default();
    let rare = Pattern {
        device: DeviceState::Others,
        ..STRANGE
    };
    let before = cells.weight(0, LANE, rare);
    for _ in 0..1_000 {
        cells.count_people(0, Lane::LoginSuccess, rare, ONE);
    }
    assert!(cells.weight(0, LANE, rare) < before - 256);
}

#[test]
fn an_attack_is_forgotten_in_hours_and_people_are_not() {
    let mut cells = Cells::default();
    for _ in 0..1_000 {
        cells.count_people(0, Lane::LoginSuccess, HOME, ONE);
        cells.count_attack(0, Lane::LoginSuccess, STRANGE, ONE);
    }
    let quiet = Cells::default().weight(0, LANE, STRANGE);
    let (now, later) = (
        cells.weight(0, Lane::LoginSuccess, HOME),
        cells.weight(8 * 3_600, Lane::LoginSuccess, HOME),
    );
    assert!(now < -4 * 256 && later < -4 * 256, "{now} {later}");
    let strange = cells.weight(8 * 3_600, LANE, STRANGE);
    assert!((strange - quiet).abs() < 256, "{strange} {quiet}");
}

#[test]
fn lanes_of_other_kinds_do_not_learn_from_one_another() {
    let mut cells = Cells::default();
    for _ in 0..1_000 {
        cells.count_attack(0, Lane::SignupSuccess, STRANGE, ONE);
    }
    let fresh = Cells::default();
    assert_eq!(
        cells.weight(0, LANE, STRANGE),
        fresh.weight(0, LANE, STRANGE)
    );
}
