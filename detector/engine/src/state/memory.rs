//! The memory of tables and filters: mapped, so that it begins at a page and is zero without being
//! written, in large pages where the system has them; and asking for a place before it is needed.
//!
//! The one place of the engine where `unsafe` is allowed. What it rests on stands at each block; the
//! tests below are written so that Miri can run them.
#![allow(
    unsafe_code,
    reason = "typed slices of mapped memory and the prefetch instruction have no safe form"
)]

use bytemuck::Zeroable;
use memmap2::MmapMut;
use std::marker::PhantomData;
use std::ops::{Deref, DerefMut};

/// Bytes of a cache line.
pub const LINE: usize = 64;

/// A slice of `len` records in memory of its own. All are zero at first, and take no memory until
/// they are written.
pub struct Mapped<T> {
    map: MmapMut,
    len: usize,
    records: PhantomData<T>,
}

impl<T: Zeroable + Copy> Mapped<T> {
    /// `len` records of zeros.
    ///
    /// # Panics
    /// When the system has no address space left for them: like any allocation.
    #[must_use]
    pub fn zeroed(len: usize) -> Self {
        const { assert!(size_of::<T>() > 0 && align_of::<T>() <= 4_096) };
        let bytes = len.max(1).checked_mul(size_of::<T>());
        let bytes = bytes.expect("address space for the state");
        let map = MmapMut::map_anon(bytes).expect("address space for the state");
        // Only a wish: a system without large pages serves small ones.
        #[cfg(all(target_os = "linux", not(miri)))]
        map.advise(memmap2::Advice::HugePage).ok();
        Self {
            map,
            len,
            records: PhantomData,
        }
    }
}

impl<T: Zeroable + Copy> Deref for Mapped<T> {
    type Target = [T];
    #[inline]
    fn deref(&self) -> &[T] {
        // SAFETY: the mapping begins at a page, so it is aligned for `T` (at most 4,096, asserted);
        // it has at least `len * size_of::<T>()` bytes, which nothing else refers to; they are zero
        // or were written as `T`, and zero is a `T` (`Zeroable`).
        unsafe { std::slice::from_raw_parts(self.map.as_ptr().cast(), self.len) }
    }
}

impl<T: Zeroable + Copy> DerefMut for Mapped<T> {
    #[inline]
    fn deref_mut(&mut self) -> &mut [T] {
        // SAFETY: as above; and `self` is borrowed alone.
        unsafe { std::slice::from_raw_parts_mut(self.map.as_mut_ptr().cast(), self.len) }
    }
}

/// Asks for the cache lines of a value that will be needed soon. Changes nothing but the time that
/// it takes to read it.
#[inline]
pub fn prefetch<T>(value: &T) {
    #[cfg(all(target_arch = "x86_64", not(miri)))]
    {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        let start = std::ptr::from_ref(value).cast::<i8>();
        // Lines begin where they like: a value of no more than a line may lie in two.
        let last = size_of::<T>().saturating_sub(1);
        for at in (0..last).step_by(LINE).chain([last]) {
            // SAFETY: the address lies within `value`; and the instruction reads nothing that the
            // program could see, and never faults.
            unsafe { _mm_prefetch::<_MM_HINT_T0>(start.add(at)) };
        }
    }
    #[cfg(not(all(target_arch = "x86_64", not(miri))))]
    let _ = value;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mapped_memory_is_zero_begins_at_a_line_and_keeps_what_is_written() {
        let mut records = Mapped::<[u64; 8]>::zeroed(100);
        assert_eq!(records.as_ptr() as usize % LINE, 0);
        assert!(records.iter().all(|record| *record == [0; 8]));
        for (n, record) in (0..).zip(records.iter_mut()) {
            record[7] = n;
        }
        assert_eq!((records.len(), records[0][7], records[99][7]), (100, 0, 99));
    }

    #[test]
    fn no_records_are_an_empty_slice() {
        assert!(Mapped::<u32>::zeroed(0).is_empty());
    }

    #[test]
    fn asking_for_a_value_ahead_changes_nothing() {
        let records = Mapped::<[u64; 20]>::zeroed(3);
        prefetch(&records[2]);
        assert_eq!(records[2], [0; 20]);
    }
}
