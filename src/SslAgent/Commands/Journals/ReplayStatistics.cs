using System.CommandLine;
using Microsoft.Extensions.Logging.Abstractions;
using Spectre.Console;
using SslAgent.Checkpoints;
using SslAgent.Commands.Printing;
using SslAgent.Commands.Versions;
using SslAgent.Configuration;
using SslAgent.Domain;
using SslAgent.Pipeline;
using SslAgent.Replay;
using SslAgent.Storage;

namespace SslAgent.Commands.Journals;

/// <summary>
/// <c>sslagent replay stats</c>: the replay buffer and the stream in numbers, as folded from what is durable on disk: HEAD's saved state and the journal
/// behind it. Changes nothing; a daemon may be running.
/// </summary>
internal static class ReplayStatistics
{
    public static Command Build()
    {
        Command command = new("stats", "What the replay buffer holds and what came of the stream, from what is on disk");
        Settings settings = Settings.AddTo(command);
        Option<string> format = CommonOptions.Output();
        command.Options.Add(format);
        command.SetAction((parsed, cancellation) =>
        {
            AgentSettings loaded = settings.LoadSections(parsed, "agent", "replay");
            string folder = ReplayVerification.FolderOf(loaded);
            VersionStore? store = StoreOf(loaded);
            ReplayPlace place = new(LocalDisk.Instance, folder, (ulong)loaded.Agent.Seed, TimeProvider.System)
            {
                Past = version => store is null ? null : SavedReplay.Of(store, version),
            };
            ReplayState state = store?.Head is { } head && SavedReplay.Of(store, head) is { } saved
                ? ReplayState.Load(saved, loaded.Replay, place.Seed)
                : new ReplayState(loaded.Replay, place.Seed);
            using ReplayReading reading = ReplayReading.Open(place);
            FoldReport fold = reading.Fold(state, loaded.Replay, long.MaxValue, cancellation);
            ReplayStats stats = reading.Stats(state, loaded.Replay);
            Answer.Print(parsed, format, stats, JournalsJson.Default.ReplayStats, output => Tell(output, stats, reading.Segments, fold));
            return Task.FromResult(ExitCode.Ok);
        });
        return command;
    }

    /// <summary>Null before the first version.</summary>
    private static VersionStore? StoreOf(AgentSettings settings)
    {
        StateDirectory state = new(settings.Agent.StateDirectory);
        return Directory.Exists(state.Versions)
            ? VersionStore.Open(LocalDisk.Instance, state.Versions, StoreAccess.ReadOnly, TimeProvider.System, NullLogger.Instance)
            : null;
    }

    private static void Tell(TextWriter output, ReplayStats stats, int segments, FoldReport fold)
    {
        Table table = Tables.Of("", ">frames", ">texts", ">pairs", ">bytes");
        table.Add("replay buffer", Tables.Count(stats.Buffered.Frames), Tables.Count(stats.Buffered.Texts), Tables.Count(stats.Buffered.Pairs),
            Tables.Bytes(stats.BufferedFrameBytes + stats.BufferedTextBytes));
        table.Add("fresh (since the last cycle)", Tables.Count(stats.Fresh.Frames), Tables.Count(stats.Fresh.Texts), Tables.Count(stats.Fresh.Pairs), "");
        Tables.Write(output, table);
        output.WriteLine($"  stream     {Tables.Count(stats.TrainableAdmitted)} samples for training from {Tables.Count(stats.Sources)} sources, " +
            $"{Tables.Count(stats.SentinelsAdmitted)} sentinels in {stats.Eras} eras, {Tables.Count(stats.Rejected)} rejected");
        foreach ((SkipReason reason, long count) in stats.Skipped.Where(skipped => skipped.Value > 0).OrderByDescending(skipped => skipped.Value))
            output.WriteLine($"  passed     {Tables.Count(count)} {DomainWords.Of(reason)}");
        if (stats.OffsetsMissing > 0) output.WriteLine($"  missing    {Tables.Count(stats.OffsetsMissing)} Kafka offsets were never delivered (markers, compaction, retention)");
        output.WriteLine($"  pairs      {Tables.Count(stats.PairsFound)} joined, {Tables.Count(stats.LateHalves)} halves wait for the other");
        output.WriteLine($"  tokenizer  {(stats.IsTokenizerFrozen ? "frozen" : $"not frozen yet: {Tables.Bytes(stats.TextBytesAdmitted)} of text so far")}");
        output.WriteLine($"  journal    position {Tables.Count(stats.JournalPosition)}, {Tables.Bytes(stats.JournalBytes)} in {segments} segments");
        if (fold.Damaged.Count > 0) output.WriteLine($"  DAMAGED    {fold.Damaged.Count} byte ranges: sslagent replay verify names them");
    }
}
