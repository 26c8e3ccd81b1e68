using SslAgent.Domain;
using SslAgent.Ingest.Kafka;
using SslAgent.Replay;
using SslAgent.Storage;

namespace SslAgent.Pipeline;

/// <summary>Gathers what <c>sslagent status</c> says, from any thread.</summary>
internal static class StatusOf
{
    public static AgentStatus Starting(DateTimeOffset now) => new(
        AgentHealth.Starting, [], null, null, null, null, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, now, []);

    public static AgentStatus Now(AgentParts parts, LoopHealth health, bool isStopping)
    {
        ReplayStats stats = parts.Ledger.Stats;
        TrainingCourse course = parts.Ledger.Course;
        List<string> problems = Problems(parts, health, stats, course);
        (CycleNumber? cycle, int step) = parts.Runner.Running;
        long free = FreeBytes(parts);
        return new AgentStatus(
            isStopping ? AgentHealth.Stopping : problems.Count > 0 ? AgentHealth.Degraded : AgentHealth.Healthy,
            problems, parts.Store.Head, parts.Store.Serving, parts.Ledger.LastVerdict, cycle, step,
            stats.JournalPosition, stats.JournalBytes, stats.TrainableAdmitted, stats.SentinelsAdmitted, stats.Rejected, stats.Skipped.Values.Sum(),
            stats.Buffered.Frames, stats.Buffered.Texts, stats.Buffered.Pairs, stats.TrainableSinceCycle,
            free, parts.StartedAt, Partitions(parts))
        {
            Disk = new DiskUse(
                stats.JournalBytes, parts.Limits.JournalBytesMax, parts.Store.List().Sum(version => version.Files.Sum(file => file.Bytes)),
                parts.VersionBytesMax, free, parts.Limits.FreeMin),
            LastScrub = parts.Scrub.Last,
            Course = course,
            Surprises = parts.Store.Head is { } head ? parts.Store.Find(head)?.Report?.Surprises ?? [] : [],
            Views = parts.Runner.Views,
        };
    }

    private static List<string> Problems(AgentParts parts, LoopHealth health, ReplayStats stats, TrainingCourse course)
    {
        List<string> problems = [.. parts.Problems.Sentences];
        problems.AddRange(health.Stuck().Select(stuck => $"the {stuck.Loop} loop has made no progress for {stuck.Silence.TotalSeconds:F0} s"));
        if (stats.UnreadableDraws > 0)
            problems.Add($"{stats.UnreadableDraws} draws met samples that cannot be read any more, others took their places; sslagent replay verify names the damage");
        if (Judge.WordsOf(course) is { } lowered) problems.Add(lowered);
        if (Judge.WordsOf(course.Holds, parts.Store) is { } held) problems.Add(held);
        if (parts.Saves.Fault is { } fault) problems.Add($"the last save failed and is repeated: {fault}");
        return problems;
    }

    private static List<PartitionStatus> Partitions(AgentParts parts)
    {
        Dictionary<(string, int), PartitionProgress> read = parts.Reader.Progress.ToDictionary(progress => (progress.Topic, progress.Partition));
        Dictionary<(string, int, int), long> learned = parts.Ledger.Learned.ToDictionary(
            position => (position.Topic, position.Partition, position.Epoch), position => position.NextOffset);
        return
        [
            .. from position in parts.Ledger.Positions
               let end = read.GetValueOrDefault((position.Topic, position.Partition))?.HighWatermark
               let known = learned.TryGetValue((position.Topic, position.Partition, position.Epoch), out long offset) ? offset : (long?)null
               select new PartitionStatus(
                   position.Topic, position.Partition, position.Epoch, position.NextOffset, Behind(end, position.NextOffset), known, Behind(end, known)),
        ];
    }

    private static long? Behind(long? end, long? offset) => end is { } high && offset is { } at ? Math.Max(0, high - at) : null;

    private static long FreeBytes(AgentParts parts)
    {
        try
        {
            return parts.State.Disk.FreeBytes(parts.State.Directory.Root);
        }
        catch (StorageException)
        {
            return -1;
        }
    }
}
