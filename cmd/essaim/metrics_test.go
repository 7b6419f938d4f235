package main

import (
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
)

// Every line of the text format is a comment or a name and a number.
var metricLine = regexp.MustCompile(`^(# (HELP|TYPE) essaim_[a-z_]+ .+|essaim_[a-z_]+({reason="[a-z-]+"})? [0-9.e+]+)$`)

func TestMetricsAreInTheTextFormat(t *testing.T) {
	n := testNode(t, nil)
	w := httptest.NewRecorder()
	n.metrics(w, httptest.NewRequestWithContext(t.Context(), "GET", "/metrics", nil))
	if w.Code != 200 {
		t.Fatalf("got %d, want 200", w.Code)
	}
	for line := range strings.Lines(w.Body.String()) {
		if !metricLine.MatchString(strings.TrimSuffix(line, "\n")) {
			t.Errorf("not of the format: %q", line)
		}
	}
	for _, line := range []string{"essaim_deliveries_waiting 0", `essaim_inbox_rejected_total{reason="signature"} 0`} {
		if !strings.Contains(w.Body.String(), "\n"+line+"\n") {
			t.Errorf("no %s in\n%s", line, w.Body)
		}
	}
}
