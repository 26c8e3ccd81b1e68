using SslAgent.Domain;
using SslAgent.Replay;

namespace SslAgent.Pipeline;

/// <summary>What this process has taken in since it started, by kind. The ingest thread's.</summary>
internal sealed class IngestTally
{
    private long _frames, _texts, _pairs, _sentinels, _rejected, _skipped;

    public void Add(Intake intake, AdmissionResult result)
    {
        switch (result)
        {
            case AdmissionResult.Sentinel:
                _sentinels++;
                break;
            case AdmissionResult.Rejected:
                _rejected++;
                break;
            case AdmissionResult.Skipped:
                _skipped++;
                break;
            case AdmissionResult.Admitted when intake is Intake.Accepted accepted:
                if (accepted.Sample.Frame is not null) _frames++;
                if (accepted.Sample.Text is not null) _texts++;
                if (accepted.Sample.Modality == Modality.Pair) _pairs++;
                break;
        }
    }

    public IngestCounts Now(ReplayStats stats) => new(
        _frames, _texts, _pairs, _sentinels, _rejected, _skipped, stats.Buffered.Frames, stats.Buffered.Texts, stats.Buffered.Pairs,
        stats.BufferedFrameBytes + stats.BufferedTextBytes, stats.JournalPosition);
}
