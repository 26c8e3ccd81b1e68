using System.Diagnostics;
using System.Text;
using System.Threading.Channels;
using SslAgent.Faults.Victim;

namespace SslAgent.Faults.Tests.Killing;

/// <summary>How a victim ended.</summary>
internal sealed record VictimExit(int Code, string Output)
{
    // 128 and the signal's number, as a shell shows it.
    private const int KilledCode = 128 + 9;

    public bool WasKilled => Code == KilledCode;
}

/// <summary>One process of the real agent. What it says of its progress can be awaited; whoever started it disposes it.</summary>
internal sealed class VictimRun : IAsyncDisposable
{
    /// <summary>Characters kept of a line: an operator's reason may be very long.</summary>
    private const int LineMax = 400;

    private readonly Process _process;
    private readonly Channel<string> _said = Channel.CreateUnbounded<string>();
    private readonly StringBuilder _output = new();
    private readonly Task _reading;

    public VictimRun(VictimOrders orders, string ordersFile)
    {
        orders.Write(ordersFile);
        string program = Path.Combine(AppContext.BaseDirectory, "SslAgent.Faults.Victim.dll");
        _process = Process.Start(new ProcessStartInfo("dotnet", ["exec", program, ordersFile])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            // A life of seconds: what is compiled once is good enough for it (10 s, in hexadecimal; an eighth of a life's time and more).
            Environment = { ["DOTNET_TC_CallCountingDelayMs"] = "2710" },
        }) ?? throw new InvalidOperationException($"{program} did not start");
        _reading = Task.WhenAll(ReadAsync(_process.StandardOutput), ReadAsync(_process.StandardError));
    }

    /// <summary>All that it said so far.</summary>
    public string Output
    {
        get
        {
            lock (_output) return _output.ToString();
        }
    }

    /// <summary>Waits until it has spoken of its progress so many times; false where it ended before.</summary>
    public async Task<bool> AwaitProgressAsync(int times, CancellationToken limit)
    {
        try
        {
            for (int i = 0; i < times; i++) await _said.Reader.ReadAsync(limit);
            return true;
        }
        catch (ChannelClosedException)
        {
            return false;
        }
    }

    /// <summary>Waits until it has said this; false where it ended before.</summary>
    public async Task<bool> AwaitAsync(string what, CancellationToken limit)
    {
        try
        {
            while (await _said.Reader.ReadAsync(limit) != what) { }
            return true;
        }
        catch (ChannelClosedException)
        {
            return false;
        }
    }

    /// <summary>SIGKILL; nothing where it has ended.</summary>
    public void Kill() => _process.Kill();

    /// <summary>Null where it did not end by the limit.</summary>
    public async Task<VictimExit?> ExitAsync(CancellationToken limit)
    {
        try
        {
            await _process.WaitForExitAsync(limit);
        }
        catch (OperationCanceledException)
        {
            return null;
        }

        await _reading;
        return new VictimExit(_process.ExitCode, Output);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private async Task ReadAsync(StreamReader from)
    {
        while (await from.ReadLineAsync() is { } line)
        {
            if (line.StartsWith("@ ", StringComparison.Ordinal)) _said.Writer.TryWrite(line[2..]);
            lock (_output) _output.AppendLine(line.Length <= LineMax ? line : $"{line.AsSpan(0, LineMax)}…");
        }

        _said.Writer.TryComplete();
    }
}
