package main

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/essaim/essaim/federation/doctor"
	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/mail"
)

// mailCheck signs in at the mail server.
func (n *node) mailCheck() doctor.Check {
	return doctor.Check{Name: "mail", Run: func(ctx context.Context) doctor.Finding {
		args := map[string]any{"server": n.config.Mail.Host, "port": n.config.Mail.Port}
		if !n.mail.On() {
			return doctor.Finding{State: doctor.Warning, Class: "off", Args: args}
		}
		if trouble := mail.Trouble(n.mail.Check(ctx)); trouble != "" {
			return doctor.Finding{State: doctor.Bad, Class: trouble, Args: args}
		}
		return doctor.Finding{State: doctor.Fine, Class: "ready", Args: args}
	}}
}

// roomy is the space below which the operator should know.
const roomy = 1 << 30

func (n *node) disk() doctor.Check {
	return doctor.Check{Name: "disk", Run: func(context.Context) doctor.Finding {
		var s syscall.Statfs_t
		if err := syscall.Statfs(n.dir, &s); err != nil {
			return doctor.Finding{State: doctor.Unknown, Class: "unknown"}
		}
		free := int64(uint64(s.Bavail) * uint64(s.Bsize)) //nolint:unconvert // Bavail is signed on FreeBSD
		args := map[string]any{"free": Size(free).rough(), "min": n.config.Store.MinFree.String()}
		switch {
		case n.engine != nil && n.engine.Refuses() != nil:
			return doctor.Finding{State: doctor.Bad, Class: "full", Args: args}
		case free < max(roomy, 4*int64(n.config.Store.MinFree)):
			return doctor.Finding{State: doctor.Warning, Class: "low", Args: args}
		}
		return doctor.Finding{State: doctor.Fine, Class: "enough", Args: args}
	}}
}

// storeCheck reads every page of the store.
func (n *node) storeCheck() doctor.Check {
	return doctor.Check{Name: "store", Run: func(ctx context.Context) doctor.Finding {
		args := map[string]any{"size": Size(n.engine.Stats().Size).rough(), "error": ""}
		err := n.engine.Check(ctx)
		switch {
		case ctx.Err() != nil:
			return doctor.Finding{State: doctor.Unknown, Class: "long", Args: args}
		case err != nil:
			args["error"] = err.Error()
			return doctor.Finding{State: doctor.Bad, Class: "damaged", Args: args}
		}
		return doctor.Finding{State: doctor.Fine, Class: "whole", Args: args}
	}}
}

// queue looks at what waits for other servers, and at what was given up.
func (n *node) queue() doctor.Check {
	return doctor.Check{Name: "queue", Run: func(ctx context.Context) doctor.Finding {
		waiting, failing, stuck := 0, 0, 0
		err := n.store.View(ctx, func(tx *store.Txn) error {
			for l := range tx.Lanes() {
				if l.State != store.Healthy {
					failing++
				}
			}
			for _, count := range tx.Backlog() {
				waiting += count
			}
			for range tx.StuckJobs() {
				stuck++
			}
			return nil
		})
		args := map[string]any{"waiting": waiting, "failing": failing, "stuck": stuck}
		switch {
		case err != nil:
			return doctor.Finding{State: doctor.Unknown, Class: "unknown"}
		case stuck > 0:
			return doctor.Finding{State: doctor.Warning, Class: "stuck", Args: args}
		case failing > 0:
			return doctor.Finding{State: doctor.Warning, Class: "failing", Args: args}
		}
		return doctor.Finding{State: doctor.Fine, Class: "moving", Args: args}
	}}
}

// files looks for others on this machine who may read what holds keys.
func (n *node) files() doctor.Check {
	return doctor.Check{Name: "files", Run: func(context.Context) doctor.Finding {
		dir, err := os.Stat(n.dir)
		if err != nil {
			return doctor.Finding{State: doctor.Unknown, Class: "unknown"}
		}
		var open []string
		if dir.Mode().Perm()&0o077 != 0 { // else nobody gets at what is in it
			open = readable(n.dir, filepath.Join(n.dir, storeName), filepath.Join(n.dir, configName), filepath.Join(n.dir, shelfName))
		}
		open = append(open, readable(n.file, n.config.Mail.PasswordFile)...)
		if len(open) > 0 {
			return doctor.Finding{State: doctor.Bad, Class: "open", Args: map[string]any{"files": strings.Join(open, " ")}}
		}
		return doctor.Finding{State: doctor.Fine, Class: "closed"}
	}}
}

// readable are those of the paths that others than their owner and its group may read.
func readable(paths ...string) (open []string) {
	for _, path := range paths {
		if info, err := os.Stat(path); err == nil && info.Mode().Perm()&fs.FileMode(0o007) != 0 {
			open = append(open, path)
		}
	}
	return open
}

// oldBackup is the age at which a backup is no longer worth much.
const oldBackup = 8 * day

func (n *node) backups() doctor.Check {
	return doctor.Check{Name: "backup", Run: func(ctx context.Context) doctor.Finding {
		var last time.Time
		fresh := false
		err := n.store.View(ctx, func(tx *store.Txn) error {
			last = tx.BackedUp()
			lab, err := tx.Lab()
			if errors.Is(err, store.ErrNotFound) {
				fresh = true
				return nil
			}
			fresh = err == nil && tx.Now().Sub(lab.Created) < day
			return err
		})
		age := n.store.Now().Sub(last)
		args := map[string]any{"days": int(age / day), "dir": n.dir}
		switch {
		case err != nil || last.IsZero() && fresh:
			return doctor.Finding{State: doctor.Unknown, Class: "young", Args: args}
		case last.IsZero():
			return doctor.Finding{State: doctor.Bad, Class: "none", Args: args}
		case age > oldBackup:
			return doctor.Finding{State: doctor.Warning, Class: "old", Args: args}
		}
		return doctor.Finding{State: doctor.Fine, Class: "fresh", Args: args}
	}}
}
