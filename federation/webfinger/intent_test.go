package webfinger

import "testing"

func TestTemplatesLeadToAPageWithTheObjectInIt(t *testing.T) {
	for template, want := range map[string]string{
		"https://a.example/authorize_interaction?uri={uri}": "https://a.example/authorize_interaction?uri=x%3Ay",
		"https://a.example/i?o={object}&back={on-success}":  "https://a.example/i?o=x%3Ay&back=",
		"https://a.example/i?o={object}&back={success}":     "https://a.example/i?o=x%3Ay&back=",
		"http://a.example/i?o={object}":                     "",
		"javascript:alert({object})":                        "",
		"https://a.example/i":                               "",
		"/i?o={object}":                                     "",
		"https://user@a.example/{object}":                   "",
		"data:text/html,{object}":                           "",
	} {
		ok := leads(template, "https://a.example")
		if ok != (want != "") || ok && Fill(template, "x%3Ay") != want {
			t.Errorf("%s: %v, %s", template, ok, Fill(template, "x%3Ay"))
		}
	}
	if !leads("http://a.example/i?o={object}", "http://a.example") {
		t.Error("a host of a development network is not led to")
	}
}
