using Microsoft.Extensions.Logging;
using SslAgent.Checkpoints;

namespace SslAgent.Pipeline;

/// <summary>
/// Says so while the versions that must stay take more of the disk than <c>checkpoints.bytesMax</c>. Retention takes the oldest, but never what training stands on and what
/// is served, with their parents, the last promoted, the newest and pinned ones: they may be more than that by themselves. Any thread.
/// </summary>
internal sealed class VersionRoom(VersionStore store, RetentionPolicy policy, ProblemBoard problems, ILogger log)
{
    private const string Topic = "versions limit";

    /// <summary>After retention has run, and at a start.</summary>
    public void Look()
    {
        try
        {
            long left = store.List().Sum(version => version.Files.Sum(file => file.Bytes)) - store.PlanPrune(policy).BytesFreed;
            if (left > policy.BytesMax) Tell(left, store.PinnedVersions().Count);
            else problems.Clear(Topic);
        }
        catch (IOException fault)
        {
            // Policy: housekeeping, which the next version comes by again for. What it is about stands whatever happens here.
            HeadLog.VersionRoomUnknown(log, fault.Message);
        }
    }

    private void Tell(long left, int pinned)
    {
        string sentence = $"the versions that must stay take {left} bytes, and versions may take {policy.BytesMax} bytes (checkpoints.bytesMax): HEAD and what is served, with their parents, " +
            $"the last promoted, the newest, and {pinned} that are pinned; raise the limit, or unpin some";
        if (problems.Set(Topic, sentence)) HeadLog.VersionsOverLimit(log, sentence);
    }
}
