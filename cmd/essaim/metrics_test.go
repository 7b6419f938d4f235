package main

import (
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
)

// Every line of the text format is a comment or a name and a number.
var metricLine = regexp.MustCompile(`^(# (HELP|TYPE) essaim_[a-z_]+ .+|essaim_[a-z_]+ [0-9.e+]+)$`)

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
	if !strings.Contains(w.Body.String(), "\nessaim_deliveries_waiting 0\n") {
		t.Errorf("no deliveries_waiting in\n%s", w.Body)
	}
}
