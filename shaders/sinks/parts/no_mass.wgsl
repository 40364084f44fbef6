// Less attention than this on all of H₁ is none.
const NO_MASS = 1.0e-9;
