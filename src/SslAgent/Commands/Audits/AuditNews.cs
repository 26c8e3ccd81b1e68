using SslAgent.Auditing;
using SslAgent.Domain;

namespace SslAgent.Commands.Audits;

/// <summary>Says on standard error what is being derived: a line when a version begins and one every few seconds, so that nobody waits in the dark.</summary>
internal sealed class AuditNews(TextWriter to, TimeProvider time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(3);

    private ModelVersion? _version;
    private long _said;

    public void Tell(AuditProgress now)
    {
        if (_version != now.Version)
        {
            (_version, _said) = (now.Version, time.GetTimestamp());
            to.WriteLine($"{now.Version}: {now.Steps} steps from {now.Parent?.ToString() ?? "the first weights"}");
        }
        else if (time.GetElapsedTime(_said) >= Interval)
        {
            _said = time.GetTimestamp();
            to.WriteLine($"{now.Version}: step {now.StepsDone} of {now.Steps}");
        }
    }
}
