package openid

import "testing"

func TestWhatAProviderStandsFor(t *testing.T) {
	const siret, email, declared = "13002526500013", "ana@region.bzh", "https://proconnect.gouv.fr/assurance/self-asserted-2fa"
	for name, x := range map[string]struct {
		preset       Preset
		class        string
		verified     any
		siret, email string
	}{
		"checked":                   {ProConnect, "https://proconnect.gouv.fr/assurance/consistency-checked", nil, siret, email},
		"declared":                  {ProConnect, declared, nil, "", email},
		"the word of another":       {Generic, declared, true, siret, email},
		"an address nobody checked": {Generic, "", "yes", siret, ""},
	} {
		p := &Provider{Config: Config{Preset: x.preset}}
		i := p.identity(&claims{Subject: "1", Class: x.class}, &claims{Email: email, Verified: x.verified, Siret: siret})
		if gotSiret, gotEmail := i.Vouches(); gotSiret != x.siret || gotEmail != x.email {
			t.Errorf("%s: got %q and %q", name, gotSiret, gotEmail)
		}
	}
}
