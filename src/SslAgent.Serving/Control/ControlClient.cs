using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using SslAgent.Domain;
using SslAgent.Serving.Http;

namespace SslAgent.Serving.Control;

/// <summary>
/// The other end of the control socket, for commands: talks to the daemon that runs on a state directory. Every call may throw
/// <see cref="NoDaemonException"/> (nobody is there), <see cref="UnauthorizedAccessException"/> (this user may not ask), <see cref="ControlRefusedException"/> (the daemon says no, and why) or
/// <see cref="ControlFailedException"/> (anything else that went wrong).
/// </summary>
public sealed class ControlClient : IDisposable
{
    private readonly string _stateDirectory;
    private readonly HttpClient _http;

    public ControlClient(string stateDirectory)
    {
        _stateDirectory = Path.GetFullPath(stateDirectory);
        SocketsHttpHandler handler = new() { ConnectCallback = async (_, cancellation) => await ConnectAsync(cancellation), UseProxy = false };

        // A rollback waits for a save in flight: the caller's token bounds it, not a fixed time.
        _http = new HttpClient(handler) { BaseAddress = new Uri("http://localhost"), Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <summary>Whether a daemon answers on this state directory.</summary>
    public async Task<bool> IsRunningAsync(CancellationToken cancellation)
    {
        try
        {
            await StatusAsync(cancellation);
            return true;
        }
        catch (NoDaemonException)
        {
            return false;
        }
    }

    public Task<AgentStatus> StatusAsync(CancellationToken cancellation) =>
        SendAsync(HttpMethod.Get, ControlPaths.Status, null, DomainJson.Default.AgentStatus, cancellation);

    /// <summary>Versions, newest first.</summary>
    public Task<IReadOnlyList<VersionManifest>> VersionsAsync(CancellationToken cancellation) =>
        SendAsync(HttpMethod.Get, ControlPaths.Versions, null, DomainJson.Default.IReadOnlyListVersionManifest, cancellation);

    public Task<RollbackEffect> RollbackAsync(RollbackRequest request, CancellationToken cancellation)
    {
        byte[] body = JsonSerializer.SerializeToUtf8Bytes(request, DomainJson.Default.RollbackRequest);
        return SendAsync(HttpMethod.Post, ControlPaths.Rollback, body, DomainJson.Default.RollbackEffect, cancellation);
    }

    public Task<ForgetEffect> ForgetAsync(ForgetRequest request, CancellationToken cancellation)
    {
        byte[] body = JsonSerializer.SerializeToUtf8Bytes(request, DomainJson.Default.ForgetRequest);
        return SendAsync(HttpMethod.Post, ControlPaths.Forget, body, DomainJson.Default.ForgetEffect, cancellation);
    }

    public Task<ResumeEffect> ResumeAsync(ResumeRequest request, CancellationToken cancellation)
    {
        byte[] body = JsonSerializer.SerializeToUtf8Bytes(request, DomainJson.Default.ResumeRequest);
        return SendAsync(HttpMethod.Post, ControlPaths.Resume, body, DomainJson.Default.ResumeEffect, cancellation);
    }

    /// <summary>Asks for a cycle now; false where one is already running or nothing can be learned from yet.</summary>
    public async Task<bool> TriggerCycleAsync(CancellationToken cancellation) =>
        (await SendAsync(HttpMethod.Post, ControlPaths.Cycle, null, ControlJson.Default.CycleAnswer, cancellation)).Accepted;

    public void Dispose() => _http.Dispose();

    private async Task<T> SendAsync<T>(HttpMethod method, string path, byte[]? body, JsonTypeInfo<T> type, CancellationToken cancellation)
        where T : class
    {
        using HttpRequestMessage request = new(method, path);
        if (method == HttpMethod.Post) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", ReadToken());
        if (body is not null) request.Content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
        try
        {
            using HttpResponseMessage response = await _http.SendAsync(request, cancellation);
            byte[] answer = await response.Content.ReadAsByteArrayAsync(cancellation);
            if (!response.IsSuccessStatusCode) throw Refusal(response.StatusCode, answer);
            return JsonSerializer.Deserialize(answer, type) ?? throw new ControlFailedException($"the daemon answered {path} with nothing");
        }
        catch (HttpRequestException failed) when (failed.InnerException is NoDaemonException nobody)
        {
            throw new NoDaemonException(nobody.Message, failed);
        }
        catch (HttpRequestException failed) when (failed.InnerException is UnauthorizedAccessException denied)
        {
            throw new UnauthorizedAccessException(denied.Message, failed);
        }
        catch (Exception failed) when (failed is HttpRequestException or JsonException)
        {
            throw new ControlFailedException($"the daemon did not answer {path}: {failed.Message}", failed);
        }
    }

    private async Task<Stream> ConnectAsync(CancellationToken cancellation)
    {
        string path = ServingPlan.SocketPathOf(_stateDirectory);
        if (Encoding.UTF8.GetByteCount(path) > ServingPlan.SocketPathBytesMax) throw NobodyHere(null); // No daemon can listen there either.
        Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch (SocketException failed)
        {
            socket.Dispose();
            // Before it is asked whether the socket is there: who may not look into the directory sees none.
            if (failed.SocketErrorCode == SocketError.AccessDenied) throw Denied(path, failed);
            throw failed.SocketErrorCode == SocketError.ConnectionRefused || !Path.Exists(path)
                ? NobodyHere(failed)
                : new HttpRequestException($"the control socket {path} cannot be opened: {failed.Message}", failed);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private NoDaemonException NobodyHere(Exception? inner) => new($"no daemon is running on the state directory {_stateDirectory}", inner);

    private static UnauthorizedAccessException Denied(string path, Exception inner) =>
        new($"{path} cannot be opened by this user: do it as the one that the daemon runs as (sudo -u sslagent …)", inner);

    private string ReadToken()
    {
        string path = ServingPlan.TokenPathOf(_stateDirectory);
        try
        {
            return TokenFile.Read(path);
        }
        catch (Exception failed) when (failed is FileNotFoundException or DirectoryNotFoundException)
        {
            throw NobodyHere(failed);
        }
        catch (UnauthorizedAccessException failed)
        {
            throw Denied(path, failed);
        }
        catch (IOException failed)
        {
            throw new ControlFailedException($"the token file {path} cannot be read: {failed.Message}", failed);
        }
    }

    private static Exception Refusal(HttpStatusCode status, byte[] answer)
    {
        ApiError? error = null;
        try
        {
            error = JsonSerializer.Deserialize(answer, ServingJson.Default.ApiErrorBody)?.Error;
        }
        catch (JsonException)
        {
            // Not in our words: the status has to do.
        }

        return error is { Code: ControlPaths.RefusedCode }
            ? new ControlRefusedException(error.Message)
            : new ControlFailedException($"the daemon refused ({(int)status}): {error?.Message ?? "no reason given"}");
    }
}

/// <summary>No daemon is running on this state directory.</summary>
public sealed class NoDaemonException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>The daemon is there and could not be talked to.</summary>
public sealed class ControlFailedException(string message, Exception? inner = null) : Exception(message, inner);
