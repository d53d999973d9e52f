// What counts as risky, for every Action that asks.

exports.isRisky = (score) => typeof score !== 'number' || score >= 70;
