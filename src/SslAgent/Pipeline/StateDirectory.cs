namespace SslAgent.Pipeline;

/// <summary>Every path below the state directory, composed in one place.</summary>
internal sealed class StateDirectory(string root)
{
    public string Root { get; } = Path.GetFullPath(root);

    public string LockFile => Path.Combine(Root, "lock");

    /// <summary>What this lineage is and cannot change: see <see cref="LineageFile"/>.</summary>
    public string LineageFile => Path.Combine(Root, "lineage.json");

    public string Journal => Path.Combine(Root, "journal");

    public string Versions => Path.Combine(Root, "versions");

    /// <summary>Where a cycle that was cut off by a shutdown goes on.</summary>
    public string Resume => Path.Combine(Root, "resume");

    /// <summary>Copies of damaged stretches of the journal, for a person to look at.</summary>
    public string Quarantine => Path.Combine(Root, "quarantine");

    /// <summary>Sequence number of the last rejected message that the dead-letter topic has.</summary>
    public string DeadLetterCursor => Path.Combine(Root, "dead-letters.cursor");

    /// <summary>What this agent has committed to Kafka: see <see cref="CommitMemory"/>.</summary>
    public string Commits => Path.Combine(Root, "commits.json");

    /// <summary>Throws <see cref="UnauthorizedAccessException"/> where the directory is there and this user may not look into it: what is in it then seems not to be there.</summary>
    public void RequireReach()
    {
        try
        {
            using IEnumerator<string> any = Directory.EnumerateFileSystemEntries(Root).GetEnumerator();
            any.MoveNext();
        }
        catch (UnauthorizedAccessException denied)
        {
            throw new UnauthorizedAccessException($"{Root} cannot be read by this user: do it as the one that the daemon runs as (sudo -u sslagent …)", denied);
        }
        catch (IOException)
        {
            // It is not there: whoever asks has words for that.
        }
    }

    /// <summary>Where the old lineage goes when a new one begins beside it.</summary>
    public string Retired(string lineage) => Path.Combine(Root, "lineages", lineage);

    /// <summary>What belongs to one lineage and is set aside with it.</summary>
    public IReadOnlyList<string> OfLineage => [LineageFile, Journal, Versions, Resume, Quarantine, DeadLetterCursor, Commits];
}
