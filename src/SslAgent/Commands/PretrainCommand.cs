using System.CommandLine;
using Serilog.Core;
using Serilog.Extensions.Logging;
using Spectre.Console;
using SslAgent.Configuration;
using SslAgent.Domain;
using SslAgent.Hosting;
using SslAgent.Ingest.Kafka;
using SslAgent.Pretraining;

namespace SslAgent.Commands;

/// <summary><c>sslagent pretrain</c>: learns from files in stages, with the daemon's own versions, guard and journal.</summary>
internal static class PretrainCommand
{
    private static readonly TimeSpan LineEvery = TimeSpan.FromSeconds(10), Frame = TimeSpan.FromMilliseconds(250);

    public static CommandEntry Build()
    {
        Command command = new("pretrain", "Learns from files and topics, stage by stage: folders and lists of pictures, CIFAR and MNIST files, text, what Kafka keeps; stopped or killed, the same command goes on");
        Argument<string[]> data = new("PATH") { Description = "Folders of pictures; lists (.tsv, .jsonl: file, or file TAB caption); CIFAR .bin and MNIST idx files, or folders of them; any other file is text, a line a sample", Arity = ArgumentArity.ZeroOrMore };
        Option<string[]> topic = new("--topic") { Description = "Reads this topic of kafka:bootstrapServers too, from its beginning to the end that it has now; may be repeated", HelpName = "NAME" };
        Option<string[]> stage = new("--stage") { Description = "A stage: objectives and epochs; instead of pretraining:stages; may be repeated", HelpName = "NAME[=WEIGHT]+…:EPOCHS" };
        Option<string?> from = new("--from") { Description = "Goes back to this version first and counts the stages from there; the same command, typed again, goes on instead. Undone by a rollback, like any", HelpName = "VERSION" };
        stage.Validators.Add(result =>
        {
            foreach (string one in result.GetValueOrDefault<string[]>() ?? [])
            {
                if (Fault(one) is { } fault) result.AddError(fault);
            }
        });
        from.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string?>() is { } text && !ModelVersion.TryParse(text, out _)) result.AddError($"'{text}' is no version: they are written v12");
        });
        command.Arguments.Add(data);
        command.Validators.Add(result =>
        {
            if (result.GetValue(data) is not { Length: > 0 } && result.GetValue(topic) is not { Length: > 0 }) result.AddError("there is nothing to read: give at least one PATH or --topic");
        });
        command.Options.Add(topic);
        command.Options.Add(stage);
        command.Options.Add(from);
        Settings settings = Settings.AddTo(command);
        command.SetAction((parsed, cancellation) =>
        {
            PretrainData all = new(parsed.GetValue(data) ?? [], parsed.GetValue(topic) ?? []);
            AgentSettings loaded = Load(settings, parsed);
            if (all.Faults(loaded.Kafka).FirstOrDefault() is { } fault) throw new CommandException(ExitCode.Usage, fault);
            if (parsed.GetValue(stage) is { Length: > 0 } stages) loaded = loaded with { Pretraining = loaded.Pretraining with { Stages = [.. stages.Select(Stage.Parse)] } };
            ModelVersion? version = parsed.GetValue(from) is { } text && ModelVersion.TryParse(text, out ModelVersion known) ? known : null;
            return RunAsync(loaded, all, version, parsed.InvocationConfiguration.Output, cancellation);
        });
        return new CommandEntry(
            CommandGroup.Run, command,
            new Example("pretrain ./photos --state ./state --stage mae:100", "a hundred epochs of masked autoencoding"),
            new Example("pretrain ./photos captions.tsv app.log --state ./state --stage mae+mlm+clip:50 --stage moco-v3:20", "two stages: masked first, then contrast"),
            new Example("pretrain ./more --state ./state --from v12 --stage mae:20", "goes on from a version, with other data"),
            new Example("pretrain --topic frames --topic logs --state ./state --set kafka:bootstrapServers=kafka:9092 --stage mae+mlm:20", "from what Kafka keeps of two topics"));
    }

    private static string? Fault(string stage)
    {
        try
        {
            _ = Stage.Parse(stage);
            return null;
        }
        catch (FormatException wrong)
        {
            return wrong.Message;
        }
    }

    /// <summary>Topics to pretrain on are named on the command line: that no topic is named is no fault.</summary>
    private static AgentSettings Load(Settings settings, ParseResult parsed)
    {
        ConfigurationOutcome outcome = settings.Outcome(parsed);
        List<ConfigurationFault> faults = [.. outcome.Faults.Where(fault => fault.Path is not "kafka:topics")];
        return faults.Count == 0 ? outcome.Settings : throw new CommandException(ExitCode.Usage, Settings.Describe(outcome with { Faults = faults }));
    }

    private static async Task<int> RunAsync(AgentSettings settings, PretrainData data, ModelVersion? from, TextWriter output, CancellationToken cancellation)
    {
        TimeProvider time = TimeProvider.System;
        PretrainBoard board = new(time);
        using Logger logger = LoggingSetup.Create(settings.Logging, settings.Agent.StateDirectory, toConsole: false);
        using SerilogLoggerFactory logs = new(logger);
        using CancellationTokenSource over = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Task showing = ShowAsync(board, output, time, over.Token);
        try
        {
            ModelVersion serving = await new PretrainRun(settings, data, from, board, time, logs).RunAsync(cancellation);
            await EndAsync(over, showing);
            string state = settings.Agent.StateDirectory;
            await output.WriteLineAsync($"done: {serving} is served. sslagent checkpoints list --state {state} shows all versions, sslagent embed and sslagent probe use them.");
            return ExitCode.Ok;
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            await EndAsync(over, showing);
            await output.WriteLineAsync("stopped; the same command goes on from here");
            return ExitCode.Ok;
        }
        catch (Exception fault)
        {
            await EndAsync(over, showing);
            // First what is wrong with the state and the machine: a lock that another process holds is an input/output fault too.
            if (StartFaults.Explain(fault) is { } refusal) throw refusal;
            if (fault is IOException or FormatException or KafkaReadException) throw new CommandException(ExitCode.Failed, fault.Message);
            throw;
        }
    }

    private static async Task EndAsync(CancellationTokenSource over, Task showing)
    {
        await over.CancelAsync();
        await showing;
    }

    /// <summary>On a terminal one line that changes, with what happened above it; elsewhere a line every ten seconds.</summary>
    private static Task ShowAsync(PretrainBoard board, TextWriter output, TimeProvider time, CancellationToken over)
    {
        bool isTerminal = ReferenceEquals(output, Console.Out) && !Console.IsOutputRedirected;
        if (!isTerminal) return ShowLinesAsync(board, output, time, over);
        return AnsiConsole.Status().StartAsync("…", async status =>
        {
            while (true)
            {
                foreach (string news in board.TakeNews()) AnsiConsole.MarkupLineInterpolated($"{news}");
                if (over.IsCancellationRequested) return;
                status.Status = Markup.Escape(board.Status());
                await Task.Delay(Frame, time, over).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        });
    }

    private static async Task ShowLinesAsync(PretrainBoard board, TextWriter output, TimeProvider time, CancellationToken over)
    {
        long told = time.GetTimestamp();
        while (true)
        {
            foreach (string news in board.TakeNews()) await output.WriteLineAsync(news);
            if (over.IsCancellationRequested) return;
            if (time.GetElapsedTime(told) >= LineEvery)
            {
                told = time.GetTimestamp();
                await output.WriteLineAsync(board.Status());
            }

            await Task.Delay(Frame, time, over).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
