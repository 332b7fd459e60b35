//! The default mix gives no attack away.

use credsieve_load_test::leaks::{Limits, allowed_in_the_default_mix, find};
use credsieve_load_test::mix::{Mix, MixFile};

#[test]
fn no_value_and_no_pair_of_the_default_mix_gives_an_attack_away() {
    let limits = Limits {
        carried: 0.03,
        attacks: 0.98,
        least: 50,
    };
    let found = find(limits, &allowed_in_the_default_mix(), &mut |each| {
        let mix = Mix::from_file(&MixFile::standard(), 3).expect("the default mix is tested");
        for event in mix {
            each((&event).into())?;
        }
        Ok(())
    })
    .unwrap();
    let open = found.open().count();
    println!("{found}");
    assert!(found.attacks > 10_000 && found.undecidable > 0);
    assert_eq!(open, 0, "{open} values or pairs give an attack away");
    assert_eq!(found.dropped, 0);
}
