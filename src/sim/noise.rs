//! Repeatable disorder: numbers that look random but depend only on a seed and a place.

/// A number from 0 to 1 for a lattice point (splitmix64 of the three).
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "53 bits fit an f64 exactly")]
pub fn hash01(seed: u64, i: i64, j: i64) -> f64 {
    let mut z = seed
        .wrapping_add(i.cast_unsigned().wrapping_mul(0x9e37_79b9_7f4a_7c15))
        .wrapping_add(j.cast_unsigned().wrapping_mul(0xc2b2_ae3d_27d4_eb4f));
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
}

/// Smooth noise from -1 to 1 over the plane; `wavelength` in the unit of `xy`.
#[must_use]
#[expect(clippy::cast_possible_truncation, reason = "metres of a city divided by a wavelength")]
pub fn smooth(seed: u64, xy: [f64; 2], wavelength: f64) -> f64 {
    let place = xy.map(|metres| metres / wavelength);
    let cell = place.map(f64::floor);
    let [east, north] = [0, 1].map(|k| {
        let share = place[k] - cell[k];
        share * share * (3.0 - 2.0 * share)
    });
    let corner = |right: i64, up: i64| hash01(seed, cell[0] as i64 + right, cell[1] as i64 + up);
    let low = corner(0, 0) * (1.0 - east) + corner(1, 0) * east;
    let high = corner(0, 1) * (1.0 - east) + corner(1, 1) * east;
    (low * (1.0 - north) + high * north) * 2.0 - 1.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_spread_evenly_and_repeat() {
        let all: Vec<f64> = (0..10_000).map(|i| hash01(5, i % 100, i / 100)).collect();
        let mean = all.iter().sum::<f64>() / 10_000.0;
        assert!((mean - 0.5).abs() < 0.02, "{mean}");
        assert!(all.iter().all(|v| (0.0..1.0).contains(v)));
        assert!((hash01(5, 3, -4) - hash01(5, 3, -4)).abs() < f64::EPSILON);
    }

    #[test]
    fn smooth_noise_has_no_jumps() {
        for k in 0..2_000 {
            let x = f64::from(k) * 0.01;
            let step = smooth(9, [x + 0.01, 3.3], 1.0) - smooth(9, [x, 3.3], 1.0);
            assert!(step.abs() < 0.04, "{step} at {x}");
        }
    }
}
