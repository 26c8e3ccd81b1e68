using TorchSharp.Bridge;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>A source of random numbers. Whoever made it disposes it.</summary>
    public class Generator : IDisposable
    {
        public Generator(ulong seed = 0, Device? device = null)
        {
            this.device = device ?? CPU;
            Handle = Failure.Check(Native.sat_generator_new(seed, (int)this.device.type, this.device.index));
        }

        private Generator(nint handle, Device device) => (Handle, this.device) = (handle, device);

        ~Generator() => Dispose(false);

        public IntPtr Handle { get; private set; }
        public Device device { get; }

        public static Generator Default => OfDevice(CPU);

        public unsafe Tensor get_state()
        {
            nint state;
            var code = Native.sat_generator_get_state(Handle, &state);
            GC.KeepAlive(this);
            Failure.Check(code);
            return Tensor.Wrap(state);
        }

        public void set_state(Tensor value)
        {
            var code = Native.sat_generator_set_state(Handle, value.Handle);
            GC.KeepAlive(value);
            GC.KeepAlive(this);
            Failure.Check(code);
        }

        public Generator manual_seed(long seed)
        {
            var code = Native.sat_generator_set_seed(Handle, seed);
            GC.KeepAlive(this);
            Failure.Check(code);
            return this;
        }

        public unsafe long seed()
        {
            long value;
            var code = Native.sat_generator_seed(Handle, &value);
            GC.KeepAlive(this);
            Failure.Check(code);
            return value;
        }

        public unsafe long initial_seed()
        {
            long value;
            var code = Native.sat_generator_initial_seed(Handle, &value);
            GC.KeepAlive(this);
            Failure.Check(code);
            return value;
        }

        public void Dispose()
        {
            Dispose(true);
            GC.SuppressFinalize(this);
        }

        protected virtual void Dispose(bool disposing)
        {
            if (Handle != 0)
            {
                Native.sat_generator_free(Handle);
                Handle = 0;
            }
        }

        internal static Generator OfDevice(Device device) =>
            new(Failure.Check(Native.sat_generator_default((int)device.type, device.index)), device);
    }
}
