using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using SslAgent.Commands.Printing;
using SslAgent.Commands.Versions;
using SslAgent.Configuration;
using SslAgent.Domain;

namespace SslAgent.Commands.Journals;

/// <summary>
/// <c>sslagent replay forget</c>: takes a source's samples, or old ones, out of replay buffer and journal for good. Says first what it will do. Through the control
/// socket where a daemon runs, else under the state directory's lock.
/// </summary>
internal static class ForgetSamples
{
    // Further back than this no calendar reaches.
    private static readonly TimeSpan AgeMax = TimeSpan.FromDays(365 * 1000);

    public static Command Build()
    {
        Command command = new("forget", "Takes a source's samples, or old ones, out of buffer and journal for good, and says which versions learned from them");
        Settings settings = Settings.AddTo(command);
        Option<string> format = CommonOptions.Output();
        Option<string?> source = new("--source") { Description = "The source whose samples go, as the messages name it", HelpName = "NAME" };
        Option<TimeSpan?> age = new("--older-than")
        {
            Description = "Samples whose own time lies further back than this go: 30d, 12h, 90min; with --source only those of that source",
            HelpName = "AGE",
            CustomParser = AgeOf,
        };
        Option<string> reason = new("--reason")
        {
            Description = "Why, for whoever asks later: it stands in the journal. Required unless --dry-run",
            HelpName = "TEXT",
            DefaultValueFactory = _ => "",
        };
        Option<bool> dryRun = new("--dry-run") { Description = "Only says what it would do" };
        foreach (Option option in new Option[] { source, age, reason, dryRun, format }) command.Options.Add(option);
        command.SetAction(async (parsed, cancellation) =>
        {
            AgentSettings loaded = settings.LoadSections(parsed, OrderRoute.Sections);
            ReplayVerification.FolderOf(loaded);
            long? before = parsed.GetValue(age) is { } limit ? (TimeProvider.System.GetUtcNow() - limit).ToUnixTimeMilliseconds() : null;
            var request = new ForgetRequest(parsed.GetValue(source), before, (parsed.GetValue(reason) ?? "").Trim(), parsed.GetValue(dryRun));
            if (request.Source is null && request.BeforeMs is null)
                throw new CommandException(ExitCode.Usage, "say what to forget: --source NAME, --older-than AGE, or both");
            using OrderRoute route = await OrderRoute.FindAsync(loaded, "sslagent replay forget", parsed.InvocationConfiguration.Error, cancellation);
            ForgetEffect effect = await CarryAsync(route, request, parsed, cancellation);
            Answer.Print(parsed, format, effect, DomainJson.Indented.ForgetEffect, output => Tell(output, effect));
            return effect.Left is null ? ExitCode.Ok : ExitCode.Failed;
        });
        return command;
    }

    private static TimeSpan? AgeOf(ArgumentResult result)
    {
        string text = result.Tokens[0].Value;
        if (ValueReader.ReadTime(text) is { } age && age >= TimeSpan.Zero && age < AgeMax) return age;
        result.AddError($"--older-than {text}: write an age such as 30d, 12h or 90min");
        return null;
    }

    private static async Task<ForgetEffect> CarryAsync(OrderRoute route, ForgetRequest request, ParseResult parsed, CancellationToken cancellation)
    {
        ForgetEffect preview = await route.ForgetAsync(request with { DryRun = true }, cancellation);
        if (request.DryRun) return preview;
        await parsed.InvocationConfiguration.Error.WriteLineAsync(preview.Summary);
        if (request.Reason.Length == 0)
            throw new CommandException(ExitCode.Usage, "nothing was done: say why with --reason TEXT, it stands in the journal for whoever asks later");
        return await route.ForgetAsync(request, cancellation);
    }

    private static void Tell(TextWriter output, ForgetEffect effect)
    {
        if (effect.Published is not { } published)
        {
            output.WriteLine(effect.Summary);
            return;
        }

        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{published} goes on without them: {Tables.Count(effect.SamplesInUse)} samples left the replay buffer and the sentinels, {Tables.Count(effect.SamplesInJournal)} the journal"));
        if (effect.Learned.Count > 0)
        {
            output.WriteLine($"trained while they were at hand, and not un-learned by this: {string.Join(", ", effect.Learned)}");
            output.WriteLine($"to un-learn them too: sslagent checkpoints rollback to a version before {effect.Learned[0]}");
        }

        output.WriteLine("Kafka may still have the messages: what is delivered from now on is not forgotten by this");
        if (effect.Left is { } left) output.WriteLine($"NOT DONE: {left}");
    }
}
