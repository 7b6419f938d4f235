package federation

import (
	"errors"
	"strings"
	"testing"

	"github.com/essaim/essaim/store"
)

func TestWhatARuleMayBeAbout(t *testing.T) {
	for typed, want := range map[string]string{
		"region.bzh": "region.bzh", "@Region.BZH.": "region.bzh", "ana@agents.region.bzh": "agents.region.bzh", "préfecture.fr": "xn--prfecture-c4a.fr",
		"130 025 265 00013": "13002526500013", "35600000049837": "35600000049837", // La Poste
	} {
		rule, err := roleRule(typed, store.Moderator)
		if err != nil || rule.Of != want {
			t.Errorf("%q: got %q, %v, want %q", typed, rule.Of, err, want)
		}
	}
	for typed, want := range map[string]string{
		"": "error.required", "1300252650001": "error.siret", "13002526500014": "error.siret-key", "35600000049838": "error.siret-key",
		"fr": "error.mail-domain", "gouv.fr": "error.mail-domain-wide", "co.uk": "error.mail-domain-wide", "github.io": "error.mail-domain-wide",
		"gmail.com": "error.mail-domain-open", "moi@laposte.net": "error.mail-domain-open", "127.0.0.1": "error.mail-domain",
		"region.bzh:80": "error.mail-domain", "a_b.fr": "error.mail-domain", "a..fr": "error.mail-domain-wide", strings.Repeat("abcdefg.", 40) + "fr": "error.mail-domain",
	} {
		_, err := roleRule(typed, store.Moderator)
		wrong, _ := errors.AsType[store.FieldErrors](err)
		if len(wrong) != 1 || wrong[0].Field != "of" || wrong[0].Reason != want {
			t.Errorf("%q: got %v, want %s", typed, err, want)
		}
	}
	for _, role := range []store.Role{store.Admin, "", "root"} {
		_, err := roleRule("region.bzh", role)
		if wrong, _ := errors.AsType[store.FieldErrors](err); len(wrong) != 1 || wrong[0].Field != "role" {
			t.Errorf("a rule to be %q: got %v", role, err)
		}
	}
}
