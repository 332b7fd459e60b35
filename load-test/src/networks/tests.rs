use super::*;
use std::collections::{HashMap, HashSet};

#[test]
fn the_world_has_many_networks_none_of_which_shares_a_range() {
    let networks = ATLAS
        .homes
        .networks
        .iter()
        .chain(&ATLAS.carriers.networks)
        .chain(&ATLAS.hosts.networks);
    let mut firsts = HashSet::new();
    let mut v6 = HashSet::new();
    for network in networks {
        assert!(firsts.insert(network.first >> 8), "{}", network.asn);
        assert!(network.sixteens <= 64 && network.first.is_multiple_of(64));
        assert!(network.v6 == 0 || v6.insert(network.v6));
    }
    assert!(firsts.len() >= 130);
    let served = |kind: &Kind| kind.of_country.iter().filter(|of| !of.is_empty()).count();
    assert!(served(&ATLAS.homes) == COUNTRIES.len());
}

#[test]
fn three_countries_have_most_people_and_homes_have_many_ranges() {
    let mut countries: HashMap<&str, u32> = HashMap::new();
    let mut ranges = HashSet::new();
    for bits in 0..10_000 {
        let place = Line::of(Country::of_people(hash(1, 1, bits)), bits).v4(0);
        *countries.entry(place.country).or_default() += 1;
        if let IpAddr::V4(ip) = place.ip {
            ranges.insert(ip.to_bits() >> 8);
        }
    }
    let main: u32 = ["DE", "GB", "US"].map(|code| countries[code]).iter().sum();
    assert!((8_300..8_700).contains(&main), "{countries:?}");
    assert!(
        countries.len() > 20 && ranges.len() > 3_000,
        "{}",
        ranges.len()
    );
}

#[test]
fn a_renumbered_home_stays_with_its_provider_and_mostly_changes_its_range() {
    let line = Line::of(Country(0), 77);
    let range = |place: Place| match place.ip {
        IpAddr::V4(ip) => ip.to_bits() >> 8,
        IpAddr::V6(_) => 0,
    };
    let moved = (1..100).filter(|lease| range(line.v4(*lease)) != range(line.v4(0)));
    assert!(moved.count() > 80);
    assert!((1..100).all(|lease| line.v4(lease).asn == line.v4(0).asn));
    assert_eq!(line.v4(5), line.v4(5));
}
