package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/store/backup"
)

// shelfName is where a node keeps its archives, in the data directory.
const shelfName = "backups"

// keepBackups is how many of those stay that the node makes itself.
const keepBackups = 14

func backupCommand() *cobra.Command {
	var p place
	var secrets bool
	keep := 0
	c := &cobra.Command{
		Use:   "backup [flags] [FILE.tar.gz]",
		Short: "Pack the store, the uploads and the configuration into one file",
		Long: "Pack the store, the uploads and the configuration into one file, while the node runs or not.\n" +
			"Without FILE it goes to the folder backups of the data directory. The file holds the private keys\n" +
			"of the node and people's e-mail addresses: keep it as you would keep a key, and not only here.",
		Args: cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			shelf := p.shelf()
			if err := shelf.Open(); err != nil {
				return err
			}
			path := filepath.Join(shelf.Dir, backup.Name(time.Now()))
			if len(args) > 0 {
				path = args[0]
			}
			if err := runBackup(c, p, path, secrets); err != nil || keep == 0 {
				return err
			}
			return shelf.Prune(keep, time.Now().Add(-day))
		},
	}
	p.flags(c)
	c.Flags().BoolVar(&secrets, "secrets", false, "with the passwords of the configuration")
	c.Flags().IntVar(&keep, "keep", 0, "then remove all but so many archives of the folder backups; 0 removes none")
	return c
}

func (p *place) shelf() backup.Shelf { return shelfIn(p.dir) }

func shelfIn(dir string) backup.Shelf { return backup.Shelf{Dir: filepath.Join(dir, shelfName)} }

func runBackup(c *cobra.Command, p place, path string, secrets bool) error {
	return p.with(c, func(ctx context.Context, l *line) error {
		m, err := l.backUp(ctx, path, secrets)
		if err != nil {
			return err
		}
		fmt.Fprintf(c.OutOrStdout(), "%s: %d files of %s, %s unpacked\n", path, len(m.Files), m.Address, Size(m.Size()).rough())
		return warnOfSecrets(c, m)
	})
}

// backUp packs the node at the end of the line, and has it remember that.
func (l *line) backUp(ctx context.Context, path string, secrets bool) (*backup.Manifest, error) {
	base, err := whatToBackUp.call(ctx, l, struct{}{})
	if err != nil {
		return nil, err
	}
	from, err := base.source(secrets, func(ctx context.Context) (string, error) { return copyStore.call(ctx, l, struct{}{}) })
	if err != nil {
		return nil, err
	}
	m, err := backup.Write(ctx, path, from)
	if err == nil {
		_, err = noteBackup.call(ctx, l, struct{}{})
	}
	return m, err
}

// warnOfSecrets says what somebody could do with the archive.
func warnOfSecrets(c *cobra.Command, m *backup.Manifest) error {
	passwords := "The passwords of the configuration are NOT in it: --secrets adds them."
	if m.Secrets {
		passwords = "The passwords of the configuration are in it, too."
	}
	_, err := fmt.Fprintf(c.ErrOrStderr(), "WARNING: this file holds the private keys of the node and people's e-mail addresses.\n"+
		"Whoever has it can speak for the node. %s\n", passwords)
	return err
}

// belongings are what there is of a node beside its store.
type belongings struct {
	Dir, Config string // Config: the file; empty: there may be one in Dir
	Address     string
}

var whatToBackUp = task[struct{}, belongings]{"what-to-back-up", func(_ context.Context, n *node, _ struct{}) (b belongings, err error) {
	b.Address = n.config.Node.BaseURL
	if b.Dir, err = filepath.Abs(n.dir); err == nil && n.file != "" {
		b.Config, err = filepath.Abs(n.file)
	}
	return b, err
}}

func (b belongings) source(secrets bool, copied func(context.Context) (string, error)) (backup.Source, error) {
	config, err := configText(cmp.Or(b.Config, filepath.Join(b.Dir, configName)), secrets)
	if errors.Is(err, fs.ErrNotExist) && b.Config == "" {
		err = nil
	}
	return backup.Source{
		Store: copied, Media: filepath.Join(b.Dir, mediaName), Config: config, Secrets: secrets,
		Address: b.Address, Version: version(), Now: time.Now(),
	}, err
}

// configText is a file of the configuration as it goes into an archive: as it was
// written but, without secrets, for those.
func configText(path string, secrets bool) ([]byte, error) {
	text, err := os.ReadFile(path)
	if err != nil || secrets {
		return text, err
	}
	cfg := defaultConfig()
	if err := decodeConfig(text, &cfg); err != nil {
		return nil, fmt.Errorf("configuration %s: %w", path, err)
	}
	if !cfg.redact() {
		return text, nil
	}
	return encodeConfig(cfg)
}

// copyStore writes a copy of the store as it is now, on its own disk: whoever asked
// packs it, and removes it.
var copyStore = task[struct{}, string]{"copy-store", func(ctx context.Context, n *node, _ struct{}) (string, error) {
	shelf := shelfIn(n.dir)
	if err := shelf.Open(); err != nil {
		return "", err
	}
	f, err := shelf.Temp()
	if err != nil {
		return "", err
	}
	if err = errors.Join(n.engine.Backup(ctx, f), f.Close()); err != nil {
		return "", errors.Join(err, os.Remove(f.Name()))
	}
	return filepath.Abs(f.Name())
}}

// noteBackup remembers that there is one.
var noteBackup = task[struct{}, struct{}]{"note-backup", func(ctx context.Context, n *node, _ struct{}) (struct{}, error) {
	return struct{}{}, n.store.Update(ctx, func(tx *store.Txn) error {
		tx.NoteBackup()
		tx.Note(store.JournalEntry{Deed: store.MakeBackup})
		return nil
	})
}}

// backUp is the job that makes an archive on the shelf, or verifies one.
func (n *node) backUp(ctx context.Context, j *store.Job) error {
	var order backup.Order
	if err := json.Unmarshal(j.Data, &order); err != nil {
		return err
	}
	shelf := shelfIn(n.dir)
	if order.Verify != "" {
		return n.verifyBackup(ctx, shelf, order.Verify)
	}
	if err := shelf.Open(); err != nil {
		return err
	}
	if _, err := (&line{node: n}).backUp(ctx, filepath.Join(shelf.Dir, backup.Name(time.Now())), false); err != nil {
		return err
	}
	return shelf.Prune(keepBackups, time.Now().Add(-day))
}

// planBackup orders a backup when it is time for one that the node makes by itself. One
// that was given up is tried again after a day.
func (n *node) planBackup(ctx context.Context) error {
	return n.store.Update(ctx, func(tx *store.Txn) error {
		next := tx.NextBackup()
		if next.IsZero() || next.After(tx.Now()) {
			return nil
		}
		for j := range tx.JobsOf(backup.Job) {
			if !j.Stuck || tx.Now().Sub(j.Due) < day {
				return nil
			}
			tx.DeleteJob(j)
		}
		tx.AddJob(backup.Job, backup.Order{})
		return nil
	})
}

// verifyBackup reads an archive and keeps what came of it.
func (n *node) verifyBackup(ctx context.Context, shelf backup.Shelf, name string) error {
	path, err := shelf.Path(name)
	if err != nil {
		return err
	}
	_, err = backup.Verify(ctx, path)
	damage, isDamaged := errors.AsType[*backup.DamagedError](err)
	if err != nil && !isDamaged {
		return err
	}
	return n.store.Update(ctx, func(tx *store.Txn) error {
		v := store.BackupReading{When: tx.Now()}
		if isDamaged {
			v.Damage = damage.Error()
		}
		tx.PutBackupRead(name, v)
		return nil
	})
}
