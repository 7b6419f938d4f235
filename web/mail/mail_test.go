package mail_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"mime"
	"mime/quotedprintable"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/store/bolt"
	"github.com/essaim/essaim/web/mail"
	"github.com/essaim/essaim/web/mail/mailtest"
)

func open(t *testing.T) *store.Store {
	t.Helper()
	db, err := bolt.Open(filepath.Join(t.TempDir(), "essaim.db"), bolt.Options{NoSync: true, InitialMmap: 16 << 20, MinFree: -1, MinFreePercent: -1})
	if err != nil {
		t.Fatal(err)
	}
	s, err := store.Open(t.Context(), db, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func mailer(s *mailtest.Sink) *mail.Mailer {
	return mail.New(mail.Config{
		Host: s.Host, Port: s.Port, Protection: mail.Plain, From: "Labo de l'Estran <labo@estran.example>", Log: slog.New(slog.DiscardHandler),
	})
}

func send(t *testing.T, s *store.Store, m *mail.Mailer, msg mail.Message) error {
	t.Helper()
	return s.Update(t.Context(), func(tx *store.Txn) error { return m.Send(tx, msg) })
}

// queued are the letters that wait.
func queued(t *testing.T, s *store.Store) (jobs []*store.Job) {
	t.Helper()
	if err := s.View(t.Context(), func(tx *store.Txn) error {
		jobs, _ = tx.DueJobs(9)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return jobs
}

func body(t *testing.T, l mailtest.Letter) string {
	t.Helper()
	b, err := io.ReadAll(quotedprintable.NewReader(strings.NewReader(l.Body)))
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(strings.ReplaceAll(string(b), "\r\n", "\n"))
}

func TestLetterIsReadAsItWasWritten(t *testing.T) {
	s, sink := open(t), mailtest.New(t)
	m := mailer(sink)
	text := "Votre fiche « L'Établi » est en ligne :\nhttps://estran.example/contribuer/fiche/ABCDEF=\n.\nUn point seul."
	if err := send(t, s, m, mail.Message{To: "ana@exemple.fr", ReplyTo: "bo@exemple.fr", Subject: "Votre fiche « L'Établi »", Text: text}); err != nil {
		t.Fatal(err)
	}
	for _, j := range queued(t, s) {
		if err := m.Deliver(t.Context(), j); err != nil {
			t.Fatal(err)
		}
	}
	l := sink.Wait(t, 1)[0]
	if l.From != "labo@estran.example" || l.To != "ana@exemple.fr" {
		t.Errorf("envelope: from %q to %q", l.From, l.To)
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(l.Header.Get("Subject"))
	if err != nil || subject != "Votre fiche « L'Établi »" {
		t.Errorf("subject %q, %v", subject, err)
	}
	for name, want := range map[string]string{"Reply-To": "<bo@exemple.fr>", "Auto-Submitted": "auto-generated", "User-Agent": ""} {
		if got := l.Header.Get(name); got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
	if l.Header.Get("Date") == "" || !strings.HasSuffix(l.Header.Get("Message-Id"), "@estran.example>") {
		t.Errorf("date %q, id %q", l.Header.Get("Date"), l.Header.Get("Message-Id"))
	}
	if got := body(t, l); got != text {
		t.Errorf("got %q, want %q", got, text)
	}
}

func TestNothingAddsAHeaderOrAReader(t *testing.T) {
	s, sink := open(t), mailtest.New(t)
	m := mailer(sink)
	for _, to := range []string{
		"", "ana", "ana@exemple.fr\r\nBcc: eve@evil.example", "ana@exemple.fr, eve@evil.example", "Ana <ana@exemple.fr>",
		"ana@exemple.fr (eve)", "ana@exemple.fr>\r\nRCPT TO:<eve@evil.example", strings.Repeat("a", 250) + "@x.fr", "<ana@exemple.fr>",
	} {
		if err := send(t, s, m, mail.Message{To: to}); !errors.Is(err, mail.ErrAddress) {
			t.Errorf("to %q: got %v, want ErrAddress", to, err)
		}
		if to != "" {
			if err := send(t, s, m, mail.Message{To: "ana@exemple.fr", ReplyTo: to}); !errors.Is(err, mail.ErrAddress) {
				t.Errorf("answers to %q: got %v, want ErrAddress", to, err)
			}
		}
	}
	for _, subject := range []string{"x\r\nBcc: eve@evil.example", "x\nBcc: eve@evil.example\n\nbody", "x\u2028Bcc: eve@evil.example", "x\x00y", strings.Repeat("é\r\n ", 999)} {
		if err := send(t, s, m, mail.Message{To: "ana@exemple.fr", Subject: subject, Text: "Bcc: eve@evil.example\r\n\r\n.\r\nMAIL FROM:<eve@evil.example>"}); err != nil {
			t.Fatal(err)
		}
	}
	for _, j := range queued(t, s) {
		if err := m.Deliver(t.Context(), j); err != nil {
			t.Fatal(err)
		}
	}
	letters := sink.Wait(t, 5)
	if len(letters) != 5 {
		t.Errorf("got %d letters, want 5", len(letters))
	}
	for _, l := range letters {
		if l.To != "ana@exemple.fr" || l.Header.Get("Bcc") != "" || l.From != "labo@estran.example" || !strings.Contains(body(t, l), "MAIL FROM") {
			t.Errorf("got %q", l.Raw)
		}
	}
}

func TestWithoutAServerNothingIsQueued(t *testing.T) {
	s, m := open(t), mail.New(mail.Config{})
	if err := send(t, s, m, mail.Message{To: "ana@exemple.fr"}); err != nil || m.On() || len(queued(t, s)) != 0 {
		t.Errorf("got %v, %d queued", err, len(queued(t, s)))
	}
	if err := m.Deliver(t.Context(), &store.Job{Data: []byte(`{}`)}); err != nil {
		t.Errorf("of yesterday's configuration: %v", err)
	}
}

// madeAgo is the id of a job that was made some time ago.
func madeAgo(age time.Duration) store.ID { return store.ID(time.Now().Add(-age).UnixMilli()) << 16 }

func TestLettersAreTriedAgainAndGivenUp(t *testing.T) {
	sink := mailtest.New(t)
	answer := ""
	sink.Refuse = func(command string) string {
		if strings.HasPrefix(command, "RCPT") {
			return answer
		}
		return ""
	}
	m := mailer(sink)
	data, err := json.Marshal(mail.Message{To: "ana@exemple.fr"})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		answer string
		age    time.Duration
		again  bool
	}{{"450 busy", 0, true}, {"450 busy", 23 * time.Hour, true}, {"450 busy", 25 * time.Hour, false}, {"550 nobody", 0, false}} {
		answer = c.answer
		if err := m.Deliver(t.Context(), &store.Job{ID: madeAgo(c.age), Data: data}); (err != nil) != c.again {
			t.Errorf("%s after %v: got %v", c.answer, c.age, err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := m.Deliver(ctx, &store.Job{ID: madeAgo(0), Data: data}); err == nil {
		t.Error("interrupted: got no error")
	}
}

func TestQueueHasAnEnd(t *testing.T) {
	s, m := open(t), mail.New(mail.Config{Host: "x"})
	err := s.Update(t.Context(), func(tx *store.Txn) error {
		for range 2000 {
			if err := m.Send(tx, mail.Message{To: "ana@exemple.fr"}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := send(t, s, m, mail.Message{To: "ana@exemple.fr"}); !errors.Is(err, mail.ErrFull) {
		t.Errorf("got %v, want ErrFull", err)
	}
}

func FuzzIsAddress(f *testing.F) {
	for _, s := range []string{"ana@exemple.fr", "Ana <a@b>", "a@b\r\nBcc: c@d", "\"a b\"@c", "a@[127.0.0.1]", "é@é.fr", "\"\\\r\n\"@x"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if mail.IsAddress(s) && strings.ContainsAny(s, "\r\n\x00") {
			t.Errorf("%q is more than a line", s)
		}
	})
}

func TestLetterInTwoFormsThatOneClickEnds(t *testing.T) {
	sink, s := mailtest.New(t), open(t)
	m := mailer(sink)
	err := send(t, s, m, mail.Message{
		To: "ana@exemple.test", Subject: "Nouveautés", Text: "À lire.\n", HTML: "<p>À lire.</p>", Unsubscribe: "https://estran.example/courriel/x",
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, j := range queued(t, s) {
		if err := m.Deliver(t.Context(), j); err != nil {
			t.Fatal(err)
		}
	}
	l := sink.Wait(t, 1)[0]
	text, html := l.Parts(t)
	if strings.TrimSpace(text) != "À lire." || strings.TrimSpace(html) != "<p>À lire.</p>" {
		t.Errorf("got %q and %q", text, html)
	}
	if got := l.Header.Get("List-Unsubscribe"); got != "<https://estran.example/courriel/x>" {
		t.Errorf("got List-Unsubscribe %q", got)
	}
	if got := l.Header.Get("List-Unsubscribe-Post"); got != "List-Unsubscribe=One-Click" {
		t.Errorf("got List-Unsubscribe-Post %q", got)
	}
}
