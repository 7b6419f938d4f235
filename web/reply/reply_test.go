package reply_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/assets"
	"github.com/essaim/essaim/web/reply"
)

func TestStatus(t *testing.T) {
	for _, c := range []struct {
		err  error
		want int
	}{
		{nil, 200},
		{store.ErrNotFound, 404},
		{fmt.Errorf("read: %w", store.ErrGone), 410},
		{store.ErrExists, 409},
		{store.ErrBusy, 503},
		{store.ErrFull, 503},
		{store.ErrClosed, 503},
		{&store.FieldError{Field: "title", Reason: "error.required"}, 422},
		{fmt.Errorf("save: %w", store.FieldErrors{{Field: "title"}}), 422},
		{&http.MaxBytesError{Limit: 9}, 413},
		{context.Canceled, reply.StatusClientGone},
		{context.DeadlineExceeded, 503},
		{&reply.Error{Status: 405, Allow: "GET"}, 405},
		{fmt.Errorf("outer: %w", &reply.Error{Status: 403, Err: store.ErrNotFound}), 403},
		{&reply.Error{Status: 418}, 500},
		{errors.New("unknown"), 500},
	} {
		if got := reply.Status(c.err); got != c.want {
			t.Errorf("%v: got %d, want %d", c.err, got, c.want)
		}
	}
}

func TestEveryProblemHasWords(t *testing.T) {
	c, err := assets.NewCatalog()
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range reply.Keys() {
		for _, part := range []string{".title", ".text"} {
			if !c.Has(assets.French, "failure."+key+part) {
				t.Errorf("no words for failure.%s%s", key, part)
			}
		}
	}
}

func TestEveryRuleHasWords(t *testing.T) {
	known := map[string]bool{}
	for _, key := range reply.Keys() {
		known[key] = true
	}
	for _, err := range []error{store.ErrNotFound, store.ErrGone, store.ErrExists, store.ErrBusy, store.ErrFull, store.ErrClosed, context.DeadlineExceeded, &http.MaxBytesError{}, &store.FieldError{}} {
		if key := reply.Describe(err).Key; !known[key] {
			t.Errorf("%v: the key %q is not among Keys", err, key)
		}
	}
}

// serve runs h behind the middleware and returns the answer and the log.
func serve(h reply.Handler) (*httptest.ResponseRecorder, string) {
	var log bytes.Buffer
	re := reply.Responder{Log: slog.New(slog.NewTextHandler(&log, nil)), Render: reply.JSON}
	w := httptest.NewRecorder()
	chain := reply.WithRequestID(reply.SecurityHeaders(true)(re.Recover(re.Adapt(h))))
	chain.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/", nil))
	return w, log.String()
}

func fails(err error) reply.Handler {
	return func(http.ResponseWriter, *http.Request) error { return err }
}

type problem struct {
	Type     string `json:"type"`
	Title    string `json:"title"`
	Detail   string `json:"detail"`
	Instance string `json:"instance"`
	Status   int    `json:"status"`
}

func decode(t *testing.T, w *httptest.ResponseRecorder) (p problem) {
	t.Helper()
	if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil {
		t.Fatalf("%q: %v", w.Body, err)
	}
	return p
}

func TestInternalErrorIsLoggedOnceAndNotShown(t *testing.T) {
	w, log := serve(fails(errors.New("open /var/lib/secret: no such table")))
	if w.Code != 500 || strings.Contains(w.Body.String(), "secret") {
		t.Errorf("got %d %s", w.Code, w.Body)
	}
	if strings.Count(log, "\n") != 1 || !strings.Contains(log, "level=ERROR") || !strings.Contains(log, "secret") {
		t.Errorf("got the log %q, want one error", log)
	}
	id := w.Header().Get("X-Request-Id")
	if p := decode(t, w); id == "" || !strings.HasSuffix(p.Instance, id) || !strings.Contains(log, id) {
		t.Errorf("got %+v and the log %q, want the request id %s in both", p, log, id)
	}
}

func TestAnothersMistakeIsNotLogged(t *testing.T) {
	w, log := serve(fails(&reply.Error{Status: 400, Type: reply.TypeUnsupported, Detail: "no such verb"}))
	if log != "" {
		t.Errorf("got the log %q, want none", log)
	}
	want := problem{Type: reply.TypeUnsupported, Title: "Unsupported type", Detail: "no such verb", Status: 400}
	got := decode(t, w)
	got.Instance = ""
	if got != want || w.Header().Get("Content-Type") != "application/problem+json" {
		t.Errorf("got %+v as %s, want %+v", got, w.Header().Get("Content-Type"), want)
	}
}

func TestRefusalsCarryTheirHeaders(t *testing.T) {
	for _, c := range []struct {
		err         error
		name, value string
	}{
		{store.ErrBusy, "Retry-After", "10"},
		{store.ErrFull, "Retry-After", "300"},
		{&reply.Error{Status: 429, RetryAfter: time.Minute}, "Retry-After", "60"},
		{&reply.Error{Status: 405, Allow: "GET, HEAD"}, "Allow", "GET, HEAD"},
		{&reply.Error{Status: 401, Authenticate: "Bearer"}, "WWW-Authenticate", "Bearer"},
		{store.ErrNotFound, "Cache-Control", "no-store"},
	} {
		w, _ := serve(fails(c.err))
		if got := w.Header().Get(c.name); got != c.value {
			t.Errorf("%v: got %s %q, want %q", c.err, c.name, got, c.value)
		}
	}
}

func TestNobodyWaitsForAnAnswer(t *testing.T) {
	w, log := serve(fails(context.Canceled))
	if w.Body.Len() > 0 || log != "" {
		t.Errorf("got %q and the log %q, want nothing", w.Body, log)
	}
}

func TestPanicIsAnInternalError(t *testing.T) {
	w, log := serve(func(http.ResponseWriter, *http.Request) error { panic(store.ErrNotFound) })
	if w.Code != 500 || !strings.Contains(log, "panic: not found") || !strings.Contains(log, "reply_test.go") {
		t.Errorf("got %d and the log %q, want 500 and the stack", w.Code, log)
	}
	if strings.Contains(w.Body.String(), "reply_test") {
		t.Errorf("the answer shows the stack: %s", w.Body)
	}
}

func TestPanicInTheMiddleCutsTheAnswer(t *testing.T) {
	defer func() {
		v := recover()
		if err, _ := v.(error); !errors.Is(err, http.ErrAbortHandler) {
			t.Errorf("got %v, want http.ErrAbortHandler", v)
		}
	}()
	serve(func(w http.ResponseWriter, _ *http.Request) error {
		w.Write([]byte("half"))
		panic("x")
	})
}

func TestEveryAnswerIsGuarded(t *testing.T) {
	for _, err := range []error{nil, errors.New("x")} {
		w, _ := serve(fails(err))
		for name, want := range map[string]string{
			"Content-Security-Policy":      "default-src 'none'",
			"X-Content-Type-Options":       "nosniff",
			"Referrer-Policy":              "strict-origin-when-cross-origin",
			"Cross-Origin-Opener-Policy":   "same-origin",
			"Cross-Origin-Resource-Policy": "same-origin",
			"Permissions-Policy":           "camera=()",
			"Strict-Transport-Security":    "max-age=",
		} {
			if got := w.Header().Get(name); !strings.HasPrefix(got, want) {
				t.Errorf("%v: got %s %q, want %q", err, name, got, want)
			}
		}
		if csp := w.Header().Get("Content-Security-Policy"); strings.Contains(csp, "unsafe") || !strings.Contains(csp, "frame-ancestors 'none'") {
			t.Errorf("got the policy %q", csp)
		}
	}
}

func TestPlainHTTPIsNotPinnedToHTTPS(t *testing.T) {
	w := httptest.NewRecorder()
	reply.SecurityHeaders(false)(http.NotFoundHandler()).ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/", nil))
	if got := w.Header().Get("Strict-Transport-Security"); got != "" {
		t.Errorf("got %q, want none", got)
	}
}

func TestRequestIDOfTheCallerIsNotTrusted(t *testing.T) {
	w := httptest.NewRecorder()
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	r.Header.Set("X-Request-Id", "evil")
	var seen string
	reply.WithRequestID(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { seen = reply.RequestID(r.Context()) })).ServeHTTP(w, r)
	if seen == "" || seen == "evil" || seen != w.Header().Get("X-Request-Id") {
		t.Errorf("got %q inside and %q outside", seen, w.Header().Get("X-Request-Id"))
	}
}
