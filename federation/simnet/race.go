//go:build race

package simnet

// Raced: the race detector is on, which makes a simulation ten times as long; few of
// the seeds will do. make test runs all of them without it, too.
const Raced = true
