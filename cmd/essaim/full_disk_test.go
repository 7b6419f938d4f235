//go:build linux

package main

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/essaim/essaim/federation/fedtest"
)

// On a full disk a node refuses what is new before there is really no room, goes
// on to be read and tidied up, loses nothing that it acknowledged, starts, and
// takes new things as soon as there is room again.
func TestFullDisk(t *testing.T) {
	t.Parallel()
	disk := newDisk(t)
	l := newLabAt(t, labProcess{
		handle: "estran", dir: filepath.Join(disk.dir, "data"),
		env: []string{"ESSAIM_STORE_MIN_FREE=" + strconv.FormatInt(disk.reserve, 10) + " B"},
	})
	l.start()
	m := &mailer{lab: l, peer: fedtest.NewPeer(t, "127.0.0.1").Actor("fablab")}
	l.followPeer(m.peer)
	l.publish(experimentDraft("essai-1"))
	deleted := l.publish(experimentDraft("essai-2"))

	m.fill()
	m.refused()
	l.publish(object{"type": "Delete", "object": deleted}) // to make room
	l.get(l.path(deleted), activityJSON, http.StatusGone)
	l.essaim("token", "create", "--member", "estran_admin", "--scopes", "read")
	l.stop()
	l.start()
	m.refused()
	l.kill()
	l.start()
	m.refused()
	if disk.free() < disk.reserve/2 {
		t.Errorf("%d bytes are free, want some of the reserve of %d", disk.free(), disk.reserve)
	}

	disk.makeRoom()
	l.publish(experimentDraft("essai-3"))
	if got := m.send(); got.Status != http.StatusAccepted {
		t.Errorf("with room again: got %d, want 202", got.Status)
	}
	wantAll(t, "what was published", l.listed("/experimentations"), []string{"essai-1", "essai-3"})
	m.readable()
	l.essaim("check")
	l.stop()
	if said := l.log(); strings.Contains(said, "cannot be written any more") {
		t.Errorf("the store gave up:\n%s", said)
	}
}

// disk is one that can be filled: a small one where the test may mount it, else
// a part of the one for temporary files.
type disk struct {
	t       *testing.T
	dir     string
	ballast string // a file of somebody else
	reserve int64  // store.min_free, in bytes
}

func newDisk(t *testing.T) *disk {
	t.Helper()
	d := &disk{t: t, dir: t.TempDir(), reserve: 4 << 20}
	d.ballast = filepath.Join(d.dir, "ballast")
	err := syscall.Mount("tmpfs", d.dir, "tmpfs", 0, "size=64m")
	if err == nil {
		t.Cleanup(func() {
			if err := syscall.Unmount(d.dir, 0); err != nil {
				t.Error(err)
			}
		})
		d.occupy(24 << 20)
		return d
	}
	if !errors.Is(err, syscall.EPERM) {
		t.Fatal(err)
	}
	d.occupy(min(1<<30, d.free()/4)) // others may use that disk meanwhile
	d.reserve = d.free() - 32<<20
	return d
}

func (d *disk) occupy(bytes int64) {
	d.t.Helper()
	f, err := os.Create(d.ballast)
	if err == nil {
		err = errors.Join(syscall.Fallocate(int(f.Fd()), 0, 0, bytes), f.Close())
	}
	if err != nil {
		d.t.Fatal(err)
	}
}

func (d *disk) makeRoom() {
	d.t.Helper()
	if err := os.Remove(d.ballast); err != nil {
		d.t.Fatal(err)
	}
}

// free is how many bytes anybody may still write.
func (d *disk) free() int64 {
	d.t.Helper()
	var s syscall.Statfs_t
	if err := syscall.Statfs(d.dir, &s); err != nil {
		d.t.Fatal(err)
	}
	return int64(s.Bavail) * s.Bsize
}

// mailer sends large letters to a lab and remembers those that it took.
type mailer struct {
	lab   *labProcess
	peer  *fedtest.PeerActor
	sent  int
	taken []string
}

func (m *mailer) send() fedtest.Answer {
	m.lab.t.Helper()
	m.sent++
	name := fmt.Sprint("note-", m.sent)
	note := fedtest.With(m.peer.Note(name), fedtest.Object{"filler": strings.Repeat("a", 400<<10)})
	answer := m.peer.Mail(m.lab.url("/inbox"), m.peer.Activity("Create", note)).Send()
	if answer.Status == http.StatusAccepted {
		m.taken = append(m.taken, name)
	}
	return answer
}

// fill sends letters until the lab takes no more.
func (m *mailer) fill() {
	m.lab.t.Helper()
	for range 400 {
		if m.send().Status != http.StatusAccepted {
			return
		}
	}
	m.lab.t.Fatal("the disk does not get full")
}

// refused sends more, which must be refused, in the way that has senders come
// again; what there is can be read.
func (m *mailer) refused() {
	t := m.lab.t
	t.Helper()
	published, err := m.lab.post(noteDraft("De trop"))
	if err != nil {
		t.Fatal(err)
	}
	for what, got := range map[string]fedtest.Answer{"inbox": m.send(), "outbox": published} {
		if got.Status != http.StatusServiceUnavailable || got.Header.Get("Retry-After") == "" {
			t.Errorf("%s of a full disk: got %d, Retry-After %q, want 503\n%s", what, got.Status, got.Header.Get("Retry-After"), got.Body)
		}
	}
	m.readable()
}

// readable reads pages and documents, and compares what was received with what
// was acknowledged.
func (m *mailer) readable() {
	l := m.lab
	l.t.Helper()
	for _, page := range []string{"/", "/experimentations", "/lab", "/readyz", "/.well-known/webfinger?resource=acct:estran@" + l.addr, l.pageOf("essai-1")} {
		l.get(page, "", http.StatusOK)
	}
	l.get(l.path(l.iri()), activityJSON, http.StatusOK)
	if l.outbox()["essai-1"] != 1 {
		l.t.Error("outbox: what was published is missing")
	}
	wantAll(l.t, "what was received", l.listed("/fil"), m.taken)
}
