//! How a count becomes a weight: by how much it exceeds what is usual, on a scale of logarithms.

use crate::fixed::ln;
use credsieve_models::verdict::LogOdds;

/// By how much a count exceeds what is usual: the logarithm of the ratio, in 1/256 nat. `usual` is in
/// hundredths.
#[must_use]
pub fn times(count: u32, usual: u32) -> i32 {
    ln((2 * u64::from(count) + 1) * 100) - ln(2 * u64::from(usual) + 100)
}

/// A count's weight: `slope` (in percent) times the logarithm of the count over the usual count,
/// from nothing up to `most`. `usual` is in hundredths.
#[must_use]
pub fn graded(count: u32, usual: u32, slope: i32, most: LogOdds) -> LogOdds {
    LogOdds((times(count, usual) * slope / 100).clamp(0, most.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_usual_weighs_nothing_and_more_weighs_by_its_logarithm() {
        let most = LogOdds(6 * LogOdds::NAT);
        assert_eq!(graded(0, 25, 150, most), LogOdds(0));
        let [two, twenty] = [2, 20].map(|count| graded(count, 25, 150, most));
        assert!((400..560).contains(&two.0), "{two:?}");
        assert!((1_200..1_700).contains(&twenty.0), "{twenty:?}");
        assert_eq!(graded(60_000, 25, 150, most), most);
    }
}
