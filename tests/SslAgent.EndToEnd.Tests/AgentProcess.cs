using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Threading.Channels;

namespace SslAgent.EndToEnd.Tests;

/// <summary>The real program as an operator starts it, its JSON log read line by line.</summary>
internal sealed partial class AgentProcess : IAsyncDisposable
{
    private const int Terminate = 15;

    private readonly Process _process;
    private readonly Channel<JsonElement> _events = Channel.CreateUnbounded<JsonElement>();
    private readonly Task _reading;
    private readonly Task<string> _errors;

    public AgentProcess(params string[] arguments)
    {
        _process = Process.Start(new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "sslagent.dll"), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        })!;
        _reading = ReadAsync();
        _errors = _process.StandardError.ReadToEndAsync();
    }

    /// <summary>The next log event of this number (HeadLog and its like).</summary>
    public async Task<JsonElement> EventAsync(int id, CancellationToken limit)
    {
        await foreach (JsonElement entry in _events.Reader.ReadAllAsync(limit))
        {
            if (entry.TryGetProperty("Properties", out JsonElement properties) && properties.TryGetProperty("EventId", out JsonElement eventId) &&
                eventId.GetProperty("Id").GetInt32() == id)
            {
                return properties;
            }
        }

        throw new InvalidOperationException($"the process ended before event {id}: {await _errors}");
    }

    public void SendTerminate() => Assert.Equal(0, kill(_process.Id, Terminate));

    public void Kill() => _process.Kill();

    public async Task<(int Code, string Errors)> ExitAsync(CancellationToken limit)
    {
        await _process.WaitForExitAsync(limit);
        await _reading;
        return (_process.ExitCode, await _errors);
    }

    /// <summary>Runs a command to its end and gives its output.</summary>
    public static Task<(int Code, string Output, string Errors)> RunAsync(CancellationToken limit, params string[] arguments) =>
        RunToEndAsync(["dotnet", Path.Combine(AppContext.BaseDirectory, "sslagent.dll"), .. arguments], limit);

    /// <summary>The same without root's right to pass over the permissions of files.</summary>
    public static Task<(int Code, string Output, string Errors)> RunUnprivilegedAsync(string[] arguments, CancellationToken limit) => Environment.IsPrivilegedProcess
        ? RunToEndAsync(["setpriv", "--inh-caps=-all", "--bounding-set=-all", "dotnet", Path.Combine(AppContext.BaseDirectory, "sslagent.dll"), .. arguments], limit)
        : RunAsync(limit, arguments);

    private static async Task<(int Code, string Output, string Errors)> RunToEndAsync(string[] words, CancellationToken limit)
    {
        using Process process = Process.Start(new ProcessStartInfo(words[0], words[1..])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        })!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(limit), errors = process.StandardError.ReadToEndAsync(limit);
        await process.WaitForExitAsync(limit);
        return (process.ExitCode, await output, await errors);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private async Task ReadAsync()
    {
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (line.StartsWith('{')) _events.Writer.TryWrite(JsonDocument.Parse(line).RootElement);
        }

        _events.Writer.Complete();
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int kill(int pid, int signal);
}
