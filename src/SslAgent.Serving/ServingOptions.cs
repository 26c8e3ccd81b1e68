using System.ComponentModel.DataAnnotations;

namespace SslAgent.Serving;

/// <summary>Section <c>serving</c>: where the HTTP interface listens and what one client may ask of it.</summary>
public sealed record ServingOptions
{
    /// <summary>Address and port of the HTTP interface. Port 0 takes any free one. Default <c>127.0.0.1:7700</c>.</summary>
    [Required]
    public string Listen { get; init; } = "127.0.0.1:7700";

    /// <summary>
    /// Lets <see cref="Listen"/> be an address that other machines reach: the interface has neither logins nor encryption. Default false.
    /// </summary>
    public bool AllowRemote { get; init; }

    /// <summary>Inputs that one forward pass takes at most. Default 32.</summary>
    [Range(1, 4096)]
    public int BatchMax { get; init; } = 32;

    /// <summary>How long the first input of a batch waits for company; zero never waits. Default 2 ms.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:00:01")]
    public TimeSpan BatchWait { get; init; } = TimeSpan.FromMilliseconds(2);

    /// <summary>Inputs that may wait for the inference thread; beyond it requests get 503. Default 4096.</summary>
    [Range(1, 1_000_000)]
    public int QueueMax { get; init; } = 4096;

    /// <summary>Bytes of decoded content that may wait for the inference thread; beyond it requests get 503. Default 256 MiB.</summary>
    [Range(1, long.MaxValue)]
    public long QueueBytesMax { get; init; } = 256L << 20;

    /// <summary>Inputs in one request. Default 2048, as in OpenAI's interface.</summary>
    [Range(1, 1_000_000)]
    public int InputsPerRequestMax { get; init; } = 2048;

    /// <summary>Bytes of one request's body. Default 32 MiB.</summary>
    [Range(1024, 1L << 30)]
    public long RequestBytesMax { get; init; } = 32L << 20;

    /// <summary>Bytes of all bodies that are being read and decoded at once; beyond it requests get 503. Default 256 MiB.</summary>
    [Range(1024, 1L << 40)]
    public long RequestBytesTotalMax { get; init; } = 256L << 20;

    /// <summary>Bytes of one encoded picture, before it is decoded. Default 8 MiB.</summary>
    [Range(64, 1 << 30)]
    public int PictureBytesMax { get; init; } = 8 << 20;

    /// <summary>Open connections; further ones are closed at once. Default 128.</summary>
    [Range(1, 100_000)]
    public int ConnectionsMax { get; init; } = 128;

    /// <summary>A batch that takes longer makes <c>/healthz/live</c> fail. Default 2 minutes.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan StallAfter { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>What is wrong across fields; empty where nothing is.</summary>
    public IEnumerable<string> Faults()
    {
        if (ListenAddress.Read(Listen, AllowRemote) is { Fault: { } fault }) yield return fault;
        if (InputsPerRequestMax > QueueMax)
        {
            yield return $"serving.inputsPerRequestMax is {InputsPerRequestMax} inputs, more than serving.queueMax ({QueueMax} inputs): " +
                "the largest request would never find room";
        }

        if (RequestBytesMax > RequestBytesTotalMax)
        {
            yield return $"serving.requestBytesMax is {RequestBytesMax} bytes, more than serving.requestBytesTotalMax ({RequestBytesTotalMax} bytes): " +
                "the largest request would never find room";
        }

        if (PictureBytesMax > RequestBytesMax)
        {
            yield return $"serving.pictureBytesMax is {PictureBytesMax} bytes, more than serving.requestBytesMax ({RequestBytesMax} bytes): " +
                "the largest picture would never fit a request";
        }
    }
}
