namespace SslAgent.Pipeline;

/// <summary>What a loop waits for while the disk fails: its topic on the problem board, and how the sentence there begins.</summary>
internal sealed record DiskTrouble(string Topic, string Begins)
{
    public static DiskTrouble Admitting { get; } = new("journal", "the journal cannot be written, ingest waits");

    public static DiskTrouble Deciding { get; } = new("decisions", "a decision cannot be journalled, the learner waits");

    public static DiskTrouble ReadingSamples { get; } = new("samples", "samples cannot be read from the journal, the learner waits");

    public static DiskTrouble ReadingVersions { get; } = new("versions", "a version cannot be read, the learner waits");

    public static DiskTrouble Erasing { get; } = new("erasing", "forgotten samples cannot be taken off the disk, the learner waits");

    public static DiskTrouble DeadLetters { get; } = new("dead-letters disk", "the dead letters wait for the disk");
}
