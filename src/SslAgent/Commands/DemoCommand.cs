using System.CommandLine;
using Microsoft.Extensions.Logging.Abstractions;
using Spectre.Console;
using SslAgent.Checkpoints;
using SslAgent.Demo;
using SslAgent.Domain;
using SslAgent.Ingest.Native;
using SslAgent.Pipeline;
using SslAgent.Storage;

namespace SslAgent.Commands;

/// <summary><c>sslagent demo</c>: the same daemon on an embedded broker with shipped real data; a live view, and figures at the end.</summary>
internal static class DemoCommand
{
    private const double MinutesMin = 0.5, MinutesMax = 24 * 60;
    private const int FileWidth = 160;
    private static readonly TimeSpan Frame = TimeSpan.FromMilliseconds(250);

    public static CommandEntry Build()
    {
        Command command = new("demo", "Three minutes on shipped real data, no Kafka needed: streams, learns, judges itself, goes back");
        Option<double> minutes = new("--minutes") { Description = "How long it learns", HelpName = "N", DefaultValueFactory = _ => 3 };
        minutes.Validators.Add(result =>
        {
            if (!(result.GetValueOrDefault<double>() is >= MinutesMin and <= MinutesMax)) result.AddError($"--minutes must lie between {MinutesMin} and {MinutesMax}");
        });
        Option<DirectoryInfo?> folder = new("--state") { Description = "Folder for state, pictures and report; new or empty. Without it one under ./demo-output", HelpName = "DIR" };
        Option<bool> noLive = new("--no-live") { Description = "Plain lines instead of the live view, as where the output is no terminal" };
        Option<string[]> set = CommonOptions.Set();
        command.Options.Add(minutes);
        command.Options.Add(folder);
        command.Options.Add(noLive);
        command.Options.Add(set);
        command.SetAction((parsed, cancellation) => RunAsync(
            DemoFolder.Make(parsed.GetValue(folder), TimeProvider.System), TimeSpan.FromMinutes(parsed.GetValue(minutes)),
            parsed.GetValue(set) ?? [], parsed.GetValue(noLive), parsed.InvocationConfiguration.Output, cancellation));
        return new CommandEntry(
            CommandGroup.Run, command,
            new Example("demo", "three minutes; everything it makes is in demo-output/"),
            new Example("demo --minutes 10 --set model:preset=tiny", "longer, with a larger network"),
            new Example("demo --no-live > demo.log", "plain lines for a file"));
    }

    private static async Task<int> RunAsync(
        DemoFolder folder, TimeSpan length, IReadOnlyList<string> sets, bool noLive, TextWriter output, CancellationToken cancellation)
    {
        AssetsFolder.Require();
        bool isTerminal = ReferenceEquals(output, Console.Out) && !Console.IsOutputRedirected;
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(output),
            Ansi = isTerminal ? AnsiSupport.Detect : AnsiSupport.No,
        });
        bool isLive = isTerminal && !noLive && console.Profile.Capabilities.Ansi;
        if (!isTerminal) console.Profile.Width = FileWidth;
        DemoRun run = new(folder, length, sets, TimeProvider.System);
        try
        {
            (DemoResult result, RollbackEffect? rollback) = await run.RunAsync(
                isLive ? token => WatchLiveAsync(console, run.Board, length, token) : token => WatchLinesAsync(output, run.Board, token), cancellation);
            VersionStore store = VersionStore.Open(LocalDisk.Instance, new StateDirectory(folder.State).Versions, StoreAccess.ReadOnly, TimeProvider.System, NullLogger.Instance);
            new SummaryView(console).Show(folder, result, store.List(), rollback);
            return ExitCode.Ok;
        }
        catch (NativeLibraryException missing)
        {
            throw new CommandException(ExitCode.Environment, missing.Message);
        }
    }

    private static Task WatchLiveAsync(IAnsiConsole console, DemoBoard board, TimeSpan length, CancellationToken cancellation) =>
        console.Live(BoardView.Draw(board.Snapshot(), length)).StartAsync(async live =>
        {
            while (!cancellation.IsCancellationRequested)
            {
                live.UpdateTarget(BoardView.Draw(board.Snapshot(), length));
                live.Refresh();
                await Task.Delay(Frame, TimeProvider.System, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }

            live.UpdateTarget(BoardView.Draw(board.Snapshot(), length));
        });

    private static async Task WatchLinesAsync(TextWriter output, DemoBoard board, CancellationToken cancellation)
    {
        LineView view = new(output);
        while (!cancellation.IsCancellationRequested)
        {
            view.Show(board.Snapshot());
            await Task.Delay(Frame, TimeProvider.System, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        view.Show(board.Snapshot());
    }
}
