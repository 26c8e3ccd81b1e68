using Microsoft.Extensions.Logging;

namespace SslAgent.Serving;

/// <summary>What serving says, events 6000 to 6999.</summary>
internal static partial class ServingLog
{
    [LoggerMessage(6000, LogLevel.Information, "serving on {Address}, control socket {Socket}")]
    public static partial void Listening(ILogger log, string address, string socket);

    [LoggerMessage(6001, LogLevel.Warning, "serving on {Address}, which other machines can reach, without logins and encryption (serving.allowRemote)")]
    public static partial void Remote(ILogger log, string address);

    [LoggerMessage(6002, LogLevel.Information, "now serving {Next}, before {Previous}")]
    public static partial void Swapped(ILogger log, string next, string previous);

    [LoggerMessage(6003, LogLevel.Debug, "{Version} has answered its last request and is disposed")]
    public static partial void Disposed(ILogger log, string version);

    [LoggerMessage(6004, LogLevel.Error, "{Version} could not be disposed; its memory is lost until the next start")]
    public static partial void DisposeFailed(ILogger log, string version, Exception broken);

    [LoggerMessage(6005, LogLevel.Error, "{Version} failed on a batch of {Inputs} inputs")]
    public static partial void BatchFailed(ILogger log, string version, int inputs, Exception broken);

    [LoggerMessage(6006, LogLevel.Error, "{Method} {Path} failed")]
    public static partial void RequestFailed(ILogger log, string method, string path, Exception broken);

    [LoggerMessage(6007, LogLevel.Warning, "the token file {Path} could be read by others; its mode is 0600 again, and it holds a new token")]
    public static partial void TokenExposed(ILogger log, string path);

    [LoggerMessage(6008, LogLevel.Warning, "an order over the control socket came with a wrong or no token: {Path}")]
    public static partial void OrderRefused(ILogger log, string path);

    [LoggerMessage(6009, LogLevel.Information, "order over the control socket: {Order}")]
    public static partial void Ordered(ILogger log, string order);

    [LoggerMessage(6010, LogLevel.Warning, "metrics: {Instrument} is left out: {Reason}")]
    public static partial void InstrumentLeftOut(ILogger log, string instrument, string reason);

    [LoggerMessage(6011, LogLevel.Warning, "metrics: an observed instrument failed")]
    public static partial void ObservationFailed(ILogger log, Exception broken);
}
