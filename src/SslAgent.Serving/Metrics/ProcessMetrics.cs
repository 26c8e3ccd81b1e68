using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace SslAgent.Serving.Metrics;

/// <summary>The process as Prometheus' dashboards expect it: <c>process_cpu_seconds_total</c> and its kin.</summary>
internal sealed class ProcessMetrics : IDisposable
{
    private const string OpenFilesFolder = "/proc/self/fd";

    private readonly Meter _meter = new("SslAgent.Process");
    private readonly Process _process = Process.GetCurrentProcess();

    public ProcessMetrics()
    {
        double startedAt = (_process.StartTime.ToUniversalTime() - DateTime.UnixEpoch).TotalSeconds;
        _meter.CreateObservableCounter("process.cpu", () => Read(process => process.TotalProcessorTime.TotalSeconds), "s", "User and system CPU time.");
        _meter.CreateObservableGauge("process.resident_memory", () => Read(process => process.WorkingSet64), "By", "Resident memory.");
        _meter.CreateObservableGauge("process.virtual_memory", () => Read(process => process.VirtualMemorySize64), "By", "Virtual memory.");
        _meter.CreateObservableGauge("process.threads", () => Read(process => process.Threads.Count), "{thread}", "Threads of the operating system.");
        _meter.CreateObservableGauge("process.start_time", () => startedAt, "s", "Start of the process since 1970 UTC.");
        if (Directory.Exists(OpenFilesFolder))
        {
            _meter.CreateObservableGauge("process.open_fds", () => Directory.EnumerateFileSystemEntries(OpenFilesFolder).Count(), "{file}", "Open files.");
        }
    }

    public void Dispose()
    {
        _meter.Dispose();
        _process.Dispose();
    }

    private T Read<T>(Func<Process, T> value)
    {
        _process.Refresh();
        return value(_process);
    }
}
