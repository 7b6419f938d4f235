package main

import (
	"strings"
	"testing"

	"github.com/essaim/essaim/web/assets"
)

// TestEveryFindingHasItsWords: those with a remedy are marked with an exclamation.
func TestEveryFindingHasItsWords(t *testing.T) {
	t.Parallel()
	words, err := assets.NewCatalog()
	if err != nil {
		t.Fatal(err)
	}
	for check, classes := range map[string]string{
		"config":    "wrong!",
		"dns":       "local found none! private! late",
		"tls":       "plain valid soon! unreachable! expired! wrong-name! unknown-issuer! handshake! late",
		"webfinger": "not-set-up found signed unreachable! gateway! redirect! status! another! actor! late",
		"proxy":     "not-running elsewhere! host! direct for! untrusted! proto! right late",
		"clock":     "nobody right drifts! wrong! late",
		"mail":      "off! ready name! unreachable! timeout! tls! sign-in! sender! reader! refused! talk! late",
		"disk":      "unknown enough low! full! late",
		"store":     "whole long damaged! closed! late",
		"queue":     "unknown moving failing! stuck! late",
		"files":     "unknown closed open! late",
		"backup":    "young none! old! fresh late",
	} {
		keys := []string{"doctor.check." + check}
		for class := range strings.FieldsSeq(classes) {
			name, remedied := strings.CutSuffix(class, "!")
			keys = append(keys, "doctor."+check+"."+name)
			if remedied {
				keys = append(keys, "doctor."+check+"."+name+"-do")
			}
		}
		for _, key := range keys {
			if !words.Has(assets.French, key) || !words.Has(assets.English, key) {
				t.Errorf("%s has no words", key)
			}
		}
	}
}
