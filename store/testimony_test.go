package store_test

import (
	"testing"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/store/kindtest"
)

func TestTestimonyWithoutConsentStaysInTheLab(t *testing.T) {
	x := kindtest.Fill(store.KindOf("testimony")).(*store.Testimony)
	for audience, within := range map[store.Audience]bool{
		store.Team: true, store.CircleAudience(7): true, store.LabOnly: true,
		store.FollowedLabs: false, store.Unlisted: false, store.Public: false,
	} {
		x.Audience = audience
		if x.Consent = false; within {
			wantMistakes(t, x)
		} else {
			wantMistakes(t, x, "consent: consent")
		}
		x.Consent = true
		wantMistakes(t, x)
	}
}
