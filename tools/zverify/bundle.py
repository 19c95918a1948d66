def verify_bundle(*a):
    raise NotImplementedError
