//go:build race

package simnet

// Raced: the race detector is on, which makes a simulation ten times as long; a tenth
// of the seeds will do.
const Raced = true
