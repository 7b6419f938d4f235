// Package enginetest is the contract of store.Engine as tests. Every engine
// runs it; what one engine lacks is a bug of that engine.
package enginetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/essaim/essaim/store"
)

// Open opens the engine that dir stands for, empty at first. Opened again after
// its Close, it holds what was written. An engine without files may take dir,
// which is unique, as a name. It calls t.Fatal when it cannot.
type Open func(t *testing.T, dir string) store.Engine

// Run runs the contract's tests on engines that open gives. They are closed by
// Run.
func Run(t *testing.T, open Open) {
	tests := []struct {
		name string
		test func(*testing.T, store.Engine)
	}{
		{"GetAnswersWhatWasPut", testGet},
		{"EmptyValueIsNotNil", testEmptyValue},
		{"GetManyKeepsTheOrder", testGetMany},
		{"PutCopies", testPutCopies},
		{"ReturnedValuesStayAsTheyAre", testReturnedValues},
		{"LimitsPanic", testLimits},
		{"ViewCannotWrite", testViewCannotWrite},
		{"LargeValues", testLargeValues},
		{"ScanRanges", testScanRanges},
		{"ScanBreaksEarly", testScanBreak},
		{"ScansNest", testScansNest},
		{"ScanSeesOwnWrites", testScanOwnWrites},
		{"ScanWhileWriting", testScanWhileWriting},
		{"FailedUpdateLeavesNothing", testFailedUpdate},
		{"PanicReachesTheCaller", testPanic},
		{"CancelledUpdateDoesNotBegin", testCancelled},
		{"FailingBesideGood", testFailingBesideGood},
		{"ViewIsASnapshot", testSnapshot},
		{"CounterLosesNothing", testCounter},
		{"NoWriteSkew", testWriteSkew},
		{"CloseWaits", testCloseWaits},
		{"ClosedAnswersErrClosed", testClosed},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			e := open(t, t.TempDir())
			defer closeEngine(t, e)
			tt.test(t, e)
		})
	}
	t.Run("WritesSurviveReopening", func(t *testing.T) { testReopen(t, open) })
	t.Run("Model", func(t *testing.T) { testModel(t, open) })
}

func closeEngine(t *testing.T, e store.Engine) {
	t.Helper()
	if err := e.Close(); err != nil && !errors.Is(err, store.ErrClosed) {
		t.Errorf("close: %v", err)
	}
}

func update(t *testing.T, e store.Engine, fn func(store.Tx)) {
	t.Helper()
	err := e.Update(context.Background(), func(tx store.Tx) error {
		fn(tx)
		return nil
	})
	if err != nil {
		t.Errorf("update: %v", err)
	}
}

func view(t *testing.T, e store.Engine, fn func(store.Tx)) {
	t.Helper()
	err := e.View(context.Background(), func(tx store.Tx) error {
		fn(tx)
		return nil
	})
	if err != nil {
		t.Errorf("view: %v", err)
	}
}

// put writes the pairs key, value, key, value.
func put(tx store.Tx, pairs ...string) {
	for p := range slices.Chunk(pairs, 2) {
		tx.Put([]byte(p[0]), []byte(p[1]))
	}
}

// scan lists a range as "key=value".
func scan(tx store.Tx, from, to []byte, reverse bool) []string {
	var got []string
	for k, v := range tx.Scan(from, to, reverse) {
		got = append(got, fmt.Sprintf("%s=%s", k, v))
	}
	return got
}

// all lists everything there is.
func all(tx store.Tx) []string { return scan(tx, nil, nil, false) }

func wantAll(t *testing.T, e store.Engine, want ...string) {
	t.Helper()
	view(t, e, func(tx store.Tx) {
		if got := all(tx); !slices.Equal(got, want) {
			t.Errorf("got %q, want %q", got, want)
		}
	})
}
