// Command essaim is a node of the network of public innovation labs: one binary,
// a file per command. serve.go starts a node and stops it, node.go puts it
// together.
package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"
)

func main() {
	ctx, cancel := context.WithCancel(context.Background())
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go obey(signals, cancel)
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	cancel()
	if err != nil {
		fmt.Fprintln(os.Stderr, "essaim:", err)
		os.Exit(1)
	}
}

// obey stops the program in good order at the first signal and at once at the
// second, which is safe, too: the store survives worse. It ends with the process.
func obey(signals <-chan os.Signal, cancel context.CancelFunc) {
	<-signals
	cancel()
	<-signals
	os.Exit(1)
}

// run does what one command line says. Results go to stdout, everything that is
// told on the way to stderr.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	root := &cobra.Command{
		Use:           "essaim",
		Short:         "A node of the federated directory of public innovation labs",
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	root.AddCommand(
		serveCommand(), initCommand(), demoCommand(), memberCommand(), tokenCommand(), followCommand(), importCommand(),
		indexCommand(), checkCommand(), doctorCommand(), snapshotCommand(), backupCommand(), restoreCommand(), versionCommand(),
	)
	root.SetArgs(args)
	root.SetOut(stdout)
	root.SetErr(stderr)
	return root.ExecuteContext(ctx)
}

// place is where a command finds its node.
type place struct {
	dir  string // --data
	file string // --config; empty: config.toml in dir

	baseURL, listen string // flags that go before the configuration; empty: not given
}

// flags adds --data and --config to a command.
func (p *place) flags(c *cobra.Command) {
	c.Flags().StringVar(&p.dir, "data", "data", "the directory of config.toml, the store and the media")
	c.Flags().StringVar(&p.file, "config", "", "another configuration than config.toml in --data")
}

// config reads the node's configuration and refuses one that breaks a rule.
func (p *place) config() (Config, error) {
	cfg, err := loadConfig(p.dir, p.file, os.Environ())
	if err != nil {
		return Config{}, err
	}
	cfg.Node.BaseURL = cmp.Or(p.baseURL, cfg.Node.BaseURL)
	cfg.Node.Listen = cmp.Or(p.listen, cfg.Node.Listen)
	if err := cfg.validate(); err != nil {
		return Config{}, fmt.Errorf("configuration: %w", err)
	}
	return cfg, nil
}
