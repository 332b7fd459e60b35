use super::*;
use crate::service::limits::tests::seen;
use credsieve_models::HashSeed;

const LANE: Lane = Lane::LoginBadPassword;
const GROUP: CardGroup = CardGroup::WrongPassword;
const LATER_S: u32 = PATIENCE_S + 1;

/// All traits in one step, of what did not come before.
fn marks(step: u8) -> Marks {
    let mut steps = [step; Trait::COUNT];
    steps[Trait::Again as usize] = 0;
    steps[Trait::Elsewhere as usize] = 0;
    Marks::with_steps(steps)
}

/// A stranger's failure at even odds.
fn tried(at_s: u32, address: u64, step: u8) -> Seen {
    let mut tried = seen(LANE, 0);
    tried.marks = Some(marks(step));
    (tried.member.at_s, tried.member.address, tried.member.device) = (at_s, address, 9);
    tried.member.user = 5;
    tried
}

/// A success from where somebody had tried.
fn login(at_s: u32, tried: &Seen) -> Seen {
    let mut login = seen(Lane::LoginSuccess, -3 * LogOdds::NAT);
    login.member = tried.member;
    login.member.at_s = at_s;
    login
}

struct Told {
    hindsight: Hindsight,
    hasher: KeyHasher,
}

impl Told {
    fn new() -> Self {
        Self {
            hindsight: Hindsight::default(),
            hasher: KeyHasher::new(HashSeed::REPLAY),
        }
    }

    fn learn(&mut self, seen: &Seen) {
        self.hindsight.learn(&self.hasher, seen);
    }

    /// Somebody tries, and goes on or not; half an hour later that is looked back on.
    fn once(&mut self, after_s: u32, tried: &Seen, going_on: Option<&Seen>) {
        let at_s = 1_000 + after_s;
        let mut tried = *tried;
        tried.member.at_s = at_s;
        self.learn(&tried);
        if let Some(login) = going_on {
            let mut login = *login;
            login.member.at_s = at_s + 60;
            self.learn(&login);
        }
        let mut nobody = seen(Lane::LoginSuccess, 0);
        nobody.member.at_s = at_s + LATER_S;
        self.learn(&nobody);
    }

    fn sum(&self, step: u8) -> i32 {
        self.hindsight.shifts_of(GROUP, &marks(step)).iter().sum()
    }

    fn shift(&self, step: u8) -> i32 {
        self.hindsight.shift(GROUP, Trait::Tool, step)
    }
}

#[test]
fn traits_of_people_who_go_on_weigh_less_of_who_does_not_more_and_others_stay() {
    let mut told = Told::new();
    for n in 0..200 {
        let at_s = n * 2 * LATER_S;
        let person = tried(at_s, 1, 3);
        told.once(at_s, &person, Some(&login(at_s, &person)));
        told.once(at_s + LATER_S, &tried(0, 2, 4), None);
    }
    assert!(told.shift(3) < -10, "{}", told.shift(3));
    assert!(told.shift(4) > 1, "{}", told.shift(4));
    assert_eq!(told.shift(5), 0);
    let other = told.hindsight.shift(CardGroup::UnknownUser, Trait::Tool, 3);
    assert_eq!(other, 0);
}

#[test]
fn how_many_people_go_on_is_learned_of_those_who_were_not_suspected() {
    let after = |log_odds: i32, flagged: bool, first: bool, goes_on: bool| {
        let mut told = Told::new();
        for n in 0..100 {
            let at_s = n * 2 * LATER_S;
            let person = Seen {
                log_odds,
                first,
                flagged,
                ..tried(at_s, u64::from(n), 3)
            };
            let login = login(at_s, &person);
            told.once(at_s, &person, goes_on.then_some(&login));
        }
        let of = told.hindsight.shown;
        [of.of_failures(0), of.of_names(0)]
    };
    let shown = |log_odds, flagged, first| after(log_odds, flagged, first, false);
    let usual = Shown::default();
    let usual = [usual.of_failures(0), usual.of_names(0)];
    let quiet = shown(-LogOdds::NAT, false, true);
    assert!(quiet[0] < usual[0] / 2 && quiet[1] == usual[1], "{quiet:?}");
    let going_on = after(-LogOdds::NAT, false, true, true);
    assert!(going_on[0] > usual[0], "{going_on:?}");
    let others = [
        shown(-LogOdds::NAT, true, true),
        shown(-LogOdds::NAT, false, false),
        shown(0, false, true),
        shown(LOWEST - 1, false, true),
    ];
    assert_eq!(others, [usual; 4], "challenged, repeated, suspect, plain");
}

#[test]
fn nothing_is_learned_before_half_an_hour_has_gone_by() {
    let mut told = Told::new();
    let person = tried(0, 1, 3);
    told.learn(&person);
    told.learn(&login(60, &person));
    told.learn(&login(PATIENCE_S - 1, &person));
    assert!(told.hindsight.shifts.iter().all(|shift| *shift == 0));
    told.learn(&login(PATIENCE_S, &person));
    assert!(told.hindsight.shifts.iter().any(|shift| *shift < 0));
}

#[test]
fn only_a_success_from_the_same_address_and_device_that_looks_like_a_persons_is_going_on() {
    let person = tried(0, 1, 3);
    let good = login(0, &person);
    let mut elsewhere = good;
    elsewhere.member.address = 2;
    let mut another = good;
    another.member.device = 10;
    let thief = Seen {
        log_odds: 1,
        ..good
    };
    for wrong in [elsewhere, another, thief] {
        let mut told = Told::new();
        told.once(0, &person, Some(&wrong));
        assert!(told.hindsight.shifts.iter().all(|shift| *shift >= 0));
    }
    let mut told = Told::new();
    told.once(0, &person, Some(&good));
    assert!(told.hindsight.shifts.iter().all(|shift| *shift <= 0));
}

#[test]
fn without_names_a_success_does_not_show_who_is_a_person() {
    let mut told = Told::new();
    let mut nameless = tried(0, 1, 3);
    nameless.member.user = 0;
    told.once(0, &nameless, Some(&login(0, &nameless)));
    told.once(LATER_S, &tried(0, 1, 3), Some(&login(0, &nameless)));
    assert!(told.hindsight.shifts.iter().all(|shift| *shift >= 0));
}

#[test]
fn that_a_forgotten_program_never_goes_on_says_nothing() {
    let mut told = Told::new();
    let mut program = tried(0, 1, 0);
    let mut steps = [0; Trait::COUNT];
    steps[Trait::Elsewhere as usize] = 1;
    program.marks = Some(Marks::with_steps(steps));
    told.once(0, &program, None);
    assert!(told.hindsight.shifts.iter().all(|shift| *shift == 0));
}

#[test]
fn what_succeeds_or_comes_from_people_who_are_known_is_not_waited_for() {
    let mut told = Told::new();
    let mut success = login(0, &tried(0, 1, 3));
    success.marks = Some(marks(3));
    told.learn(&success);
    told.learn(&Seen {
        marks: None,
        ..tried(0, 1, 3)
    });
    assert!(told.hindsight.waiting.is_empty());
}

#[test]
fn a_shift_ends_where_the_score_says_what_became_of_it() {
    let mut told = Told::new();
    for n in 0..5_000 {
        told.once(n * LATER_S, &tried(0, 1, 3), None);
    }
    let all = told.shift(3) * i32::try_from(Trait::COUNT).unwrap();
    let says = Says::of(GROUP).unwrap().stayed_away;
    assert!((says - 40..=says + 40).contains(&all), "{all} for {says}");
}

#[test]
fn whoever_goes_on_for_ever_bends_what_others_share_with_them_by_two_nats_in_all() {
    let mut told = Told::new();
    for n in 0..5_000u32 {
        let mut person = tried(0, 1, 3);
        person.log_odds = 4 * LogOdds::NAT;
        told.once(n * LATER_S, &person, Some(&login(0, &person)));
    }
    let sum = told.sum(3);
    assert!((-MOST - 40..=-MOST + 40).contains(&sum), "{sum}");
    // Of two traits of 35 in common that is little.
    assert!(told.shift(3) * 2 > -40, "{}", told.shift(3));
}

#[test]
fn no_step_is_shifted_by_more_than_a_nat_and_a_half() {
    let mut told = Told::new();
    // The others make up for it, so that the bound of the sum is far.
    for of in Trait::ALL {
        told.hindsight.shifts[index(GROUP, *of, marks(3).step(*of))] = -MOST_A_STEP / 34;
    }
    let step = index(GROUP, Trait::Tool, 3);
    told.hindsight.shifts[step] = MOST_A_STEP - 1;
    told.once(0, &tried(0, 1, 3), None);
    assert_eq!(told.hindsight.shifts[step], MOST_A_STEP);
    assert_eq!(told.shift(3), 3 * LogOdds::NAT / 2);
}

#[test]
fn one_that_went_on_hardly_moves_anything() {
    let mut told = Told::new();
    let mut person = tried(0, 1, 3);
    person.log_odds = -6 * LogOdds::NAT;
    told.once(0, &person, Some(&login(0, &person)));
    assert_eq!(told.sum(3), 0);
}

#[test]
fn one_address_has_a_few_places_whatever_devices_it_shows() {
    let mut told = Told::new();
    for device in 0..10_000 {
        let mut many = tried(1, 1, 4);
        many.member.device = device;
        told.learn(&many);
    }
    let taken = told.hindsight.places.iter().filter(|place| place.tag != 0);
    assert_eq!(taken.count() as u64, PLACES_AN_ADDRESS);
}

#[test]
fn a_flood_is_sampled_and_pushes_nobody_out_who_waits() {
    let mut told = Told::new();
    let person = tried(0, 1, 3);
    told.learn(&person);
    for address in 2..200_000 {
        told.learn(&tried(1, address, 4));
    }
    assert!(told.hindsight.waiting.len() <= MOST_WAITING);
    assert_eq!(told.hindsight.waiting.capacity(), MOST_WAITING);
    told.learn(&login(60, &person));
    let first = told.hindsight.waiting[0];
    let place = told.hindsight.places[usize::from(first.place)];
    assert_eq!((first.at_s, place.went_on_s), (0, 60));
}

#[test]
fn of_one_place_a_few_are_waited_for() {
    let mut told = Told::new();
    for n in 0..1_000 {
        told.learn(&tried(n, 1, 3));
    }
    assert_eq!(told.hindsight.waiting.len(), usize::from(MOST_AT_A_PLACE));
}

#[test]
fn it_is_read_back_as_it_was_and_what_does_not_fit_is_refused() {
    let mut told = Told::new();
    for n in 0..100 {
        told.learn(&tried(n * 60, u64::from(n), 3));
    }
    let bytes = postcard::to_allocvec(&told.hindsight).unwrap();
    let back: Hindsight = postcard::from_bytes(&bytes).unwrap();
    assert!(back.is_sound());
    assert_eq!(back, told.hindsight);
    let mut roomy = back.clone();
    roomy.make_room();
    assert_eq!(roomy.waiting.capacity(), MOST_WAITING);
    let mut wrong = back.clone();
    wrong.waiting[0].place = u16::MAX;
    assert!(!wrong.is_sound());
    let mut wrong = back.clone();
    wrong.waiting[0].people = u32::MAX;
    assert!(!wrong.is_sound());
    let mut wrong = back.clone();
    wrong.shifts[0] = i32::MAX;
    assert!(!wrong.is_sound());
    let mut wrong = back;
    wrong.shifts.pop();
    assert!(!wrong.is_sound());
}

#[test]
fn no_trait_has_more_steps_than_are_kept() {
    assert!(Trait::ALL.iter().all(|of| of.steps().len() < STEPS));
}
