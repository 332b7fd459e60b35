//! Short tags that stand for values, and the few most recent of them. Two values with one tag count as
//! one: a record is to fit two cache lines.

/// A short tag of a value, never 0.
pub(in super::super) fn tag16(value: u64) -> u16 {
    ((value.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 48) as u16).max(1)
}

/// The bit of a value among sixteen.
pub(super) fn bit16(value: u64) -> u16 {
    1 << (value.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 60)
}

/// Forgets a value.
pub(in super::super) fn remove<T: Copy + PartialEq + Default, const N: usize>(
    set: &mut [T; N],
    value: T,
) {
    if let Some(known) = set.iter().position(|v| *v == value) {
        set[known..].rotate_left(1);
        set[N - 1] = T::default();
    }
}

/// Remembers a value as the most recent; the least recent is forgotten.
pub(in super::super) fn to_front<T: Copy + PartialEq, const N: usize>(set: &mut [T; N], value: T) {
    let known = set.iter().position(|v| *v == value);
    set[..=known.unwrap_or(N - 1)].rotate_right(1);
    set[0] = value;
}
