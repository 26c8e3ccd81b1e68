using System.Globalization;
using Spectre.Console;
using SslAgent.Domain;

namespace SslAgent.Commands.Printing;

/// <summary>The page that <c>sslagent status</c> prints for people.</summary>
internal static class StatusPage
{
    // The most surprising ones; -o json has all.
    private const int SurprisesMax = 10;

    public static void Write(TextWriter output, AgentStatus status)
    {
        output.WriteLine($"{DomainWords.Of(status.Health)}, running since {Tables.Time(status.StartedAt)} UTC");
        foreach (string problem in status.Problems) output.WriteLine($"  ! {problem}");
        output.WriteLine($"  versions   training stands on {Name(status.Head)}, served is {Name(status.Serving)}");
        if (status.LastVerdict is { } verdict) WriteVerdict(output, verdict);
        output.WriteLine(status.RunningCycle is { } cycle
            ? $"  cycle      {cycle} runs, step {Tables.Count(status.RunningStep)}"
            : "  cycle      none runs");
        if (status.Course is { Rejects: > 0 } or { PlasticCyclesLeft: > 0 } or { Drifts: > 0 } or { Holds: not null }) WriteCourse(output, status.Course);
        if (status.Views is { } views)
            output.WriteLine($"  views      {Tables.Count(views.Views)} checked, {Tables.Count(views.Rejected)} draws rejected, {Tables.Count(views.Weak)} given up for the whole picture");
        output.WriteLine($"  stream     {Tables.Count(status.SamplesAdmitted)} samples admitted, {Tables.Count(status.SentinelsAdmitted)} sentinels set aside, " +
            $"{Tables.Count(status.MessagesRejected)} messages rejected, {Tables.Count(status.MessagesSkipped)} passed over");
        output.WriteLine($"  lag        {Tables.Count(status.LagLearned)} samples in the journal that no cycle has seen");
        output.WriteLine($"  buffer     {Tables.Count(status.BufferFrames)} frames, {Tables.Count(status.BufferTexts)} texts, {Tables.Count(status.BufferPairs)} pairs");
        output.WriteLine($"  journal    position {Tables.Count(status.JournalPosition)}, {Tables.Bytes(status.JournalBytes)}{Limit(status.Disk.JournalBytesMax)}");
        output.WriteLine($"  disk       {Tables.Bytes(status.Disk.VersionBytes)} of versions{Limit(status.Disk.VersionBytesMax)}; {DiskFree(status)}");
        output.WriteLine($"  check      {Scrub(status.LastScrub)}");
        if (status.Partitions.Count > 0) WritePartitions(output, status.Partitions);
        if (status.Surprises.Count > 0) WriteSurprises(output, status.Surprises);
    }

    private static void WriteVerdict(TextWriter output, Verdict verdict)
    {
        output.WriteLine($"  verdict    the last version was {DomainWords.Of(verdict.Kind)}");
        foreach (VerdictReason reason in verdict.Reasons) output.WriteLine($"             {DomainWords.Of(reason.Kind)} by {reason}");
    }

    private static void WriteCourse(TextWriter output, TrainingCourse course)
    {
        string pace = course.IsPaused
            ? "paused, waits for sslagent resume"
            : string.Create(CultureInfo.InvariantCulture, $"learning rate at {100 * course.LearningRateScale:0.#} %, share of fresh samples at {100 * course.FreshScale:0.#} % of the options'");
        string plastic = course.PlasticCyclesLeft > 0 ? $", {Tables.Count(course.PlasticCyclesLeft)} cycles left to learn faster" : "";
        string held = course.Holds is { } holds ? $"; {Tables.Count(holds.Versions)} versions held since the last promoted one" : "";
        output.WriteLine($"  course     {pace}; {Tables.Count(course.Rejects)} rejected versions not made up for{held}; {Tables.Count(course.Drifts)} drifts so far{plastic}");
    }

    private static void WritePartitions(TextWriter output, IReadOnlyList<PartitionStatus> partitions)
    {
        Table table = Tables.Of("topic", ">partition", ">epoch", ">next offset", ">not journalled yet", ">not learned yet");
        foreach (PartitionStatus partition in partitions)
        {
            table.Add(
                partition.Topic, Tables.Count(partition.Partition), Tables.Count(partition.Epoch), Tables.Count(partition.NextOffset),
                Lag(partition.LagJournalled), Lag(partition.LagLearned));
        }

        Tables.Write(output, table);
    }

    private static void WriteSurprises(TextWriter output, IReadOnlyList<SourceSurprise> surprises)
    {
        Table table = Tables.Of("source", ">surprise", ">windows");
        foreach (SourceSurprise one in surprises.OrderByDescending(one => one.Error).Take(SurprisesMax)) table.Add(one.Source, Tables.Measure(one.Error), Tables.Count(one.Windows));
        Tables.Write(output, table);
    }

    private static string Lag(long? messages) => messages is { } count ? Tables.Count(count) : "unknown";

    private static string DiskFree(AgentStatus status) => status.DiskFreeBytes < 0
        ? "how much disk is left cannot be told"
        : $"{Tables.Bytes(status.DiskFreeBytes)} of disk left{(status.Disk.FreeBytesMin > 0 ? $", {Tables.Bytes(status.Disk.FreeBytesMin)} stay free" : "")}";

    private static string Limit(long bytesMax) => bytesMax > 0 ? $" of at most {Tables.Bytes(bytesMax)}" : "";

    private static string Scrub(ScrubSummary? last) => last is null
        ? "stored bytes not read through yet"
        : $"{Tables.Bytes(last.Bytes)} read through by {Tables.Time(last.EndedAt)} UTC in {last.Took.TotalMinutes:F0} min, " +
            (last.Damaged.Count == 0 ? "all whole" : $"{Tables.Count(last.Damaged.Count)} damaged places");

    private static string Name(ModelVersion? version) => version?.ToString() ?? "nothing yet";
}
